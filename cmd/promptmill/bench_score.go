package main

import (
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/bench"
	"github.com/promptmill/promptmill/bench/answers"
	"github.com/promptmill/promptmill/bench/score"
	"github.com/promptmill/promptmill/convert/tokens"
)

// scoreFlags say what becomes of the text of answers. None is scored unless asked: a scorer that does not fit the
// dataset gives a figure all the same, and nothing in it tells that it is wrong.
func scoreFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "score", Usage: "score answers against what the prompt file expects, by `METHOD`: exact, contains, regex, numeric (the last number, as gsm8k), " +
			"f1 (words in common, as SQuAD), choice (a letter) or none (default: none)"},
		&cli.StringFlag{Name: "score-normalize", Usage: "differences that do not count in exact, contains and f1: a `LIST` of case, punctuation, whitespace, articles, or none " +
			"(default: case,whitespace; all four in f1)"},
		&cli.StringFlag{Name: "score-extract", Usage: "score only the last match of a `REGEX` in the answer, or its first group; an answer without one is wrong"},
		&cli.StringFlag{Name: "tokenizer", Usage: "count the tokens of answers, where the server does not, by `PATH`, a tokenizer.json or the folder of a model that has one; " +
			"tiktoken:cl100k_base, tiktoken:o200k_base and tiktoken:o200k_harmony need no file"},
	}
}

// scoring is what the flags of scoreFlags say.
type scoring struct {
	method    string
	scorer    *score.Scorer     // nil: nothing is scored
	tokenizer *tokens.Tokenizer // nil: tokens are counted by the server, or by chunks
	keep      bool              // the text stays in the results
}

// planScoring reads the flags of scoring, once the prompts are there. It has the client keep the text of answers where
// that is to be read.
func (a *app) planScoring(c *cli.Context, plan *benchPlan) (err error) {
	s := &plan.scoring
	s.keep = c.Bool("keep-text")
	if s.tokenizer, err = a.tokenizer(c); err != nil {
		return err
	}
	if err := s.readScorer(c); err != nil {
		return withCode(exitUsage, err)
	}
	if s.scorer != nil && !plan.client.Endpoint.Generates() {
		return usagef("--score: %s answers no text that could be scored", plan.client.Endpoint)
	}
	plan.client.KeepText = s.keep || s.scorer != nil || s.tokenizer != nil
	return a.checkExpected(plan)
}

func (s *scoring) readScorer(c *cli.Context) error {
	s.method = c.String("score")
	if s.method == "" || s.method == "none" {
		for _, flag := range []string{"score-normalize", "score-extract"} {
			if c.IsSet(flag) {
				return fmt.Errorf("--%s without --score: nothing is scored; add --score METHOD", flag)
			}
		}
		return nil
	}
	options := score.Options{Method: score.Method(s.method), Extract: c.String("score-extract")}
	if c.IsSet("score-normalize") {
		n, err := score.ParseNormalization(c.String("score-normalize"))
		if err != nil {
			return fmt.Errorf("--score-normalize: %w", err)
		}
		options.Normalize = &n
	}
	var err error
	if s.scorer, err = score.New(options); err != nil {
		return fmt.Errorf("--score: %w", err)
	}
	return nil
}

// checkExpected returns an error when no prompt can be scored, and says when some cannot.
func (a *app) checkExpected(plan *benchPlan) error {
	if plan.scoring.scorer == nil {
		return nil
	}
	all := plan.prompts.prompts
	unfit := 0
	var first error
	for i := range all {
		err := score.ErrBlank
		if all[i].Expected != nil {
			err = plan.scoring.scorer.Check(*all[i].Expected)
		}
		if err != nil {
			if unfit++; unfit == 1 {
				first = fmt.Errorf("%s:%d: %w", plan.promptPath, all[i].Line, err)
			}
		}
	}
	switch {
	case unfit == len(all):
		return usagef("--score %s: none of the %d prompts can be scored: %w", plan.scoring.method, unfit, first)
	case unfit > 0:
		a.logf("--score %s: %d of %d prompts are not scored, the first at %v", plan.scoring.method, unfit, len(all), first)
	}
	return nil
}

// sink puts what reads the text of answers before to.
func (s *scoring) sink(to bench.Sink) bench.Sink {
	if s.scorer == nil && s.tokenizer == nil {
		return to
	}
	r := &answers.Reader{Sink: to, Keep: s.keep}
	if s.scorer != nil {
		r.Score = s.scorer.Score
	}
	if s.tokenizer != nil {
		r.Count = s.tokenizer.Count
	}
	return r
}

// tokenizerName is the tokenizer as the results name it.
func (s *scoring) tokenizerName() string {
	if s.tokenizer == nil {
		return ""
	}
	return s.tokenizer.Name() + " sha256 " + s.tokenizer.SHA256()
}
