package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/openai"
)

// bodyFlags say what is asked for.
func bodyFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "endpoint", Aliases: []string{"request-type"}, Value: "chat", Usage: "`API` that is asked: " + strings.Join(endpointWords, ", ") + "; or a path that ends as one of theirs does"},
		&cli.StringFlag{Name: "model", Usage: "model `NAME`, or models by their weights, as in base=7,adapter=3 (default: the first that the server lists)"},
		&cli.IntFlag{Name: "max-tokens", Usage: "longest answer, in tokens: `N`, where the prompt does not say; 0 is the server's own limit"},
		&cli.IntFlag{Name: "min-tokens", Usage: "shortest answer, in tokens: `N`, where the server can"},
		&cli.BoolFlag{Name: "ignore-eos", Usage: "answers of exactly --max-tokens, where the server can"},
		&cli.Float64Flag{Name: "temperature", Usage: "of sampling: `T` (default: the server's)"},
		&cli.Float64Flag{Name: "top-p", Usage: "of sampling: `P` (default: the server's)"},
		&cli.Int64Flag{Name: "sampling-seed", Usage: "the server's seed of sampling, in every request: `N`"},
		&cli.StringSliceFlag{Name: "stop", Usage: "`TEXT` at which an answer ends; may be given several times"},
		&cli.IntFlag{Name: "n", Usage: "answers to each request: `N`"},
		&cli.BoolFlag{Name: "stream", Value: true, Usage: "have answers streamed; --no-stream has them whole, and then there is no time to first token"},
		&cli.BoolFlag{Name: "no-stream", Usage: "--stream=false"},
		&cli.StringFlag{Name: "tools", Usage: "`FILE` with the JSON list of tools, as the endpoint has them"},
		&cli.StringFlag{Name: "response-format", Usage: "`FILE` with the JSON of the format that answers must have, as the endpoint has it"},
		&cli.StringFlag{Name: "extra-body", Usage: "`JSON` object, or @FILE, whose members go into every request, in place of those of the same name; null takes one away"},
		&cli.StringFlag{Name: "body-template", Usage: "`FILE` with a Go template of the whole body: .Prompt .Messages .Model .MaxTokens .Expected .Documents .Tools, and json to write them"},
	}
}

// endpointWords are those of --endpoint, each with the API that it stands for in endpoints.
var endpointWords = []string{"chat", "completions", "responses", "messages", "embeddings", "rerank"}

var endpoints = map[string]openai.Endpoint{
	"chat": openai.Chat, "chat_completions": openai.Chat,
	"completions": openai.Completions, "text_completions": openai.Completions,
	"responses": openai.Responses, "messages": openai.Messages, "anthropic": openai.Messages,
	"embeddings": openai.Embeddings, "rerank": openai.Rerank,
}

func parseEndpoint(word string) (openai.Endpoint, error) {
	if e, ok := endpoints[word]; ok {
		return e, nil
	}
	for _, e := range endpoints {
		if strings.HasPrefix(word, "/") && strings.HasSuffix(word, strings.TrimPrefix(string(e), "/v1")) {
			return openai.Endpoint(word), nil
		}
	}
	hint := ""
	if near := nearest(word, slices.Sorted(maps.Keys(endpoints))); near != "" {
		hint = fmt.Sprintf("; did you mean %s?", near)
	}
	return "", fmt.Errorf("--endpoint %q: expected %s, or a path that ends as one of theirs does, such as /api%s%s", word, strings.Join(endpointWords, ", "), openai.Chat, hint)
}

// readBody reads what is asked for; the client is known by then.
func (plan *benchPlan) readBody(c *cli.Context) error {
	o := openai.BodyOptions{
		Endpoint: plan.client.Endpoint, MaxTokens: c.Int("max-tokens"), MinTokens: c.Int("min-tokens"),
		IgnoreEOS: c.Bool("ignore-eos"), Stop: c.StringSlice("stop"), N: c.Int("n"),
		Whole: !c.Bool("stream") || c.Bool("no-stream"),
	}
	err := errors.Join(
		atLeastZero(c, "max-tokens", "min-tokens", "n"),
		plan.readModel(c.String("model"), c.Int64("seed")),
		readSampling(c, &o), readBodyFiles(c, &o),
	)
	if err != nil {
		return err
	}
	o.Model = plan.body.Model
	plan.body = o
	if o.MaxTokens > 0 && o.MinTokens > o.MaxTokens {
		return fmt.Errorf("--min-tokens %d: more than --max-tokens %d allows", o.MinTokens, o.MaxTokens)
	}
	return errors.Join(o.Check(), plan.checkStream(c))
}

// checkStream refuses what means nothing for answers that come whole.
func (plan *benchPlan) checkStream(c *cli.Context) error {
	streamed := c.IsSet("stream") && c.Bool("stream")
	switch {
	case streamed && c.Bool("no-stream"):
		return errors.New("--stream and --no-stream: an answer is one or the other")
	case !plan.client.Endpoint.Generates() && streamed:
		return fmt.Errorf("--stream: %s has nothing to stream", plan.client.Endpoint)
	case plan.client.Endpoint.Generates() && !plan.body.Whole:
		return nil
	case plan.client.FirstTokenTimeout > 0 || plan.client.TokenTimeout > 0:
		return errors.New("--first-token-timeout and --token-timeout are for answers that are streamed; use --timeout")
	case plan.users.cancel.Chunks > 0:
		return fmt.Errorf("--cancel-after %s: an answer that is not streamed comes at once; give a time", c.String("cancel-after"))
	}
	return checkStreamedSLO(c)
}

// checkStreamedSLO refuses conditions that no answer can keep that comes whole.
func checkStreamedSLO(c *cli.Context) error {
	for _, flag := range []string{"find-max", metrics.SLOConfig} {
		slo, err := parsed(c, flag, metrics.ParseSLO)
		if slo == nil || err != nil {
			continue // whose error its own reader tells
		}
		if condition := slo.Streamed(); condition != "" {
			return fmt.Errorf("--%s %s: only answers that are streamed have that; use latency", flag, condition)
		}
	}
	return nil
}

func atLeastZero(c *cli.Context, names ...string) error {
	for _, name := range names {
		if n := c.Int(name); n < 0 {
			return fmt.Errorf("--%s %d: expected at least 1, or 0 for the server's own choice", name, n)
		}
	}
	return nil
}

// readModel reads --model: a name, or a mix.
func (plan *benchPlan) readModel(flag string, seed int64) error {
	if flag == "" {
		return nil
	}
	mix, err := openai.ParseMix(flag, seed)
	if err != nil {
		return fmt.Errorf("--model: %w", err)
	}
	models := mix.Models()
	plan.body.Model = models[0]
	if len(models) > 1 {
		plan.models = mix
	}
	return nil
}

// model is the name of the model, or the mix of several.
func (plan *benchPlan) model() string { return cmp.Or(plan.models.String(), plan.body.Model) }

// readSampling reads what has no value unless it is given.
func readSampling(c *cli.Context, o *openai.BodyOptions) error {
	for _, f := range []struct {
		name string
		to   **float64
		most float64
	}{{"temperature", &o.Temperature, math.MaxFloat32}, {"top-p", &o.TopP, 1}} {
		if !c.IsSet(f.name) {
			continue
		}
		v := c.Float64(f.name)
		if !(v >= 0 && v <= f.most) {
			return fmt.Errorf("--%s %g: expected a number from 0%s", f.name, v, map[bool]string{true: " to 1"}[f.most == 1])
		}
		*f.to = &v
	}
	if c.IsSet("sampling-seed") {
		o.Seed = new(c.Int64("sampling-seed"))
	}
	return nil
}

func readBodyFiles(c *cli.Context, o *openai.BodyOptions) (err error) {
	if o.Tools, err = readJSONFile(c.String("tools"), '['); err != nil {
		return fmt.Errorf("--tools: %w", err)
	}
	if o.ResponseFormat, err = readJSONFile(c.String("response-format"), '{'); err != nil {
		return fmt.Errorf("--response-format: %w", err)
	}
	if o.Extra, err = readExtra(c.String("extra-body")); err != nil {
		return fmt.Errorf("--extra-body: %w", err)
	}
	if path := c.String("body-template"); path != "" {
		text, err := readFile(path)
		if err != nil {
			return fmt.Errorf("--body-template: %w", err)
		}
		if o.Template, err = openai.ParseTemplate(string(text)); err != nil {
			return fmt.Errorf("--body-template %s: %w", path, err)
		}
	}
	return nil
}

// readJSONFile reads one JSON value that begins with a bracket of the given kind. Without a path there is none.
func readJSONFile(path string, bracket byte) (json.RawMessage, error) {
	if path == "" {
		return nil, nil
	}
	data, err := readFile(path)
	if err != nil {
		return nil, err
	}
	var value json.RawMessage
	if err := json.Unmarshal(data, &value); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if value[0] != bracket {
		return nil, fmt.Errorf("%s: expected a JSON value that begins with %c", path, bracket)
	}
	var compact bytes.Buffer
	err = json.Compact(&compact, value)
	return compact.Bytes(), err
}

// readExtra reads the members of a JSON object, or of @FILE.
func readExtra(flag string) (openai.Members, error) {
	if flag == "" {
		return nil, nil
	}
	data := []byte(flag)
	if path, ok := strings.CutPrefix(flag, "@"); ok {
		var err error
		if data, err = readFile(path); err != nil {
			return nil, err
		}
	}
	return openai.ParseMembers(data)
}

// checkBodies refuses prompts that no request can be made of, and says what --extra-body replaces. Nothing has been sent
// yet.
func (a *app) checkBodies(ctx context.Context, plan *benchPlan) error {
	cells := plan.cells
	if len(cells) == 0 {
		cells = []*benchPlan{plan}
	}
	for _, cell := range cells {
		err := orDone(ctx, func() error { return plan.prompts.fit(&cell.body, plan.headers) })
		if ctx.Err() != nil {
			return withCode(exitPart, errors.New("stopped while the prompts were checked; nothing was sent"))
		}
		if err != nil {
			return withCode(exitUsage, fmt.Errorf("%s:%w", nameOf(plan.promptPath), err))
		}
	}
	plan.recordBody()
	in := plan.prompts.prompts[0].Input()
	if names := plan.body.Overridden(&in); len(names) > 0 {
		a.logf("--extra-body replaces or takes away %s of every request", strings.Join(names, ", "))
	}
	return nil
}

// recordBody puts what was in files into the configuration of the results: their names tell nobody what was asked.
func (plan *benchPlan) recordBody() {
	o := &plan.body
	for name, content := range map[string]string{
		"tools": string(o.Tools), "response-format": string(o.ResponseFormat), "body-template": o.Template.String(), "extra-body": o.Extra.String(),
	} {
		if content != "" {
			plan.config[name] = withoutSecretMembers(content)
		}
	}
}

// withoutSecretMembers is JSON with stars in the place of what sounds like a credential.
func withoutSecretMembers(text string) string { return secretMember.ReplaceAllString(text, `$1"***"`) }

// secretMember is a member of a JSON object that sounds like a credential.
var secretMember = regexp.MustCompile(`(?i)("[^"\\]*(?:token|secret|password|authorization|api[-_]?key)"\s*:\s*)"(?:[^"\\]|\\.)*"`)

// orDone returns what f does, or the error of ctx once that is done: f is then left behind, as a template that never
// ends cannot be stopped.
func orDone(ctx context.Context, f func() error) error {
	result := make(chan error, 1)
	go func() { result <- f() }()
	select {
	case err := <-result:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// fit says which line no request with these options and headers can be made of, if there is one.
func (f *promptFile) fit(o *openai.BodyOptions, headers *openai.HeaderTemplates) error {
	for i := range f.prompts {
		in := f.prompts[i].Input()
		if err := cmp.Or(o.CheckInput(&in), headers.Check(o, &in)); err != nil {
			return fmt.Errorf("%d: %w", f.prompts[i].Line, err)
		}
	}
	return nil
}
