package main

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/convert/mapping"
)

// columnFlags say which columns are the prompt and the answer.
func columnFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "prompt-column", Usage: "`COLUMN` or path that holds the prompt (default: found by rule)"},
		&cli.StringFlag{Name: "expected-column", Usage: "`COLUMN` or path that holds the expected answer (default: found by rule)"},
		&cli.StringFlag{Name: "expected-extract", Usage: "keep of the expected answer what `REGEX` matches: its first group, or all of it"},
		&cli.BoolFlag{Name: "allow-empty-expected", Usage: "write \"\" where there is no expected answer, instead of dropping the row"},
		&cli.BoolFlag{Name: "no-context", Usage: "leave the passage out of question-and-context prompts"},
		&cli.StringFlag{Name: "from", Usage: "language `CODE` to translate from, in translation datasets"},
		&cli.StringFlag{Name: "to", Usage: "language `CODE` to translate to"},
	}
}

// mappingFlags say what of a row is the prompt where a column is not enough.
func mappingFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "preset", Usage: "flags for a kind of dataset, by `NAME`: see --help=all"},
		&cli.StringFlag{Name: "rule", Usage: "find the prompt by this `RULE` of R1 to R12 only (default: the first that matches)"},
		&cli.StringFlag{Name: "prompt-template", Usage: "the prompt as a Go `TEMPLATE` over columns, \\n in it a line break: see the examples"},
		&cli.StringFlag{Name: "expected-template", Usage: "the expected answer as a Go `TEMPLATE` over columns"},
		&cli.StringFlag{Name: "system", Usage: "system message of every prompt: `TEXT`, in the place of any that the dataset has"},
		&cli.StringFlag{Name: "system-column", Usage: "`COLUMN` or path that holds the system message (default: found by rule)"},
		&cli.StringFlag{Name: "turns", Usage: "of rows with several turns of a user: first; all, up to the last, answered or not; each, one prompt per turn (default: up to the last, or where an answer is needed to the last that has one)"},
	}
}

// mappingOptions fills in what the flags of mappingFlags say.
func mappingOptions(c *cli.Context, o *mapping.Options) error {
	for _, pair := range [][2]string{
		{"rule", "prompt-column"}, {"rule", "prompt-template"}, {"prompt-template", "prompt-column"}, {"expected-template", "expected-column"}, {"system", "system-column"},
	} {
		if c.IsSet(pair[0]) && c.IsSet(pair[1]) {
			return fmt.Errorf("--%s and --%s say the same in two ways: expected one of them", pair[0], pair[1])
		}
	}
	if err := refuseEmpty(c, "rule", "prompt-template", "expected-template", "system", "system-column"); err != nil {
		return err
	}
	o.PromptTemplate, o.ExpectedTemplate = c.String("prompt-template"), c.String("expected-template")
	o.System, o.SystemColumn = c.String("system"), c.String("system-column")
	if o.Rule = strings.ToUpper(c.String("rule")); o.Rule != "" && !mapping.IsRule(o.Rule) {
		return fmt.Errorf("--rule %q: expected one of R1 to R12", o.Rule)
	}
	var err error
	if o.Turns, err = mapping.ParseTurns(c.String("turns")); err != nil {
		return fmt.Errorf("--turns: %w", err)
	}
	return nil
}
