package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/convert"
	"github.com/promptmill/promptmill/convert/tokens"
)

// tokenHelp says what is counted.
const tokenHelp = `Tokens are those of the prompt's text by the --tokenizer of the model, as its library counts them without the tokens that a chat
template or a server adds. --target-input-tokens and --shared-prefix change prompts after the filters chose among them; expected
answers stay as they are. Text to go on with comes from the first 1024 prompts.`

// tokenFlags are the flags of convert that count tokens.
func tokenFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "tokenizer", Usage: "count tokens by `PATH`, a tokenizer.json (of the kind BPE), the folder of a model that has one, or a NAME.tiktoken; " +
			"tiktoken:cl100k_base, tiktoken:o200k_base and tiktoken:o200k_harmony need no file"},
		&cli.Int64Flag{Name: "min-tokens", Usage: "leave out prompts of fewer than `N` tokens"},
		&cli.Int64Flag{Name: "max-tokens", Usage: "leave out prompts of more than `N` tokens"},
		&cli.IntFlag{Name: "target-input-tokens", Usage: "make every prompt of exactly `N` tokens: cut the longer, let the shorter go on with text of other prompts, " +
			"drop what cannot be made exact"},
		&cli.IntFlag{Name: "shared-prefix", Usage: "begin every prompt with the same text, of exactly `N` tokens with the blank line after it; part of --target-input-tokens"},
	}
}

// tokenizer opens the tokenizer that the flags name, nil when they name none.
func (a *app) tokenizer(c *cli.Context) (*tokens.Tokenizer, error) {
	name := c.String("tokenizer")
	switch {
	case name == "" && c.IsSet("tokenizer"):
		return nil, usagef("--tokenizer is empty: expected a tokenizer.json or tiktoken:NAME")
	case name == "":
		return nil, nil
	case strings.HasPrefix(name, hubScheme):
		return nil, usagef("--tokenizer %s: models are not fetched: expected a file or folder, such as hf download %s tokenizer.json gives",
			name, strings.TrimPrefix(name, hubScheme))
	}
	for _, file := range []string{name, filepath.Join(name, "tokenizer.json")} { // of a folder
		if err := refuseNamedPipe(file); err != nil {
			return nil, fmt.Errorf("--tokenizer: %w", err)
		}
	}
	t, err := tokens.Open(name)
	switch {
	case err == nil:
		return t, nil
	case errors.Is(err, tokens.ErrUnsupported):
		return nil, usagef("--tokenizer: %w", err)
	}
	return nil, fmt.Errorf("--tokenizer: %w", err)
}

// tokenOptions fills in what the flags of tokenFlags say.
func tokenOptions(c *cli.Context, o *convert.Options) error {
	for _, flag := range []string{"min-tokens", "max-tokens"} {
		if n := c.Int64(flag); c.IsSet(flag) && n < 1 {
			return fmt.Errorf("--%s %d: expected 1 or more", flag, n)
		}
	}
	for _, flag := range []string{"target-input-tokens", "shared-prefix"} {
		if n := c.Int(flag); c.IsSet(flag) && n < 1 {
			return fmt.Errorf("--%s %d: expected 1 or more", flag, n)
		}
	}
	o.Filter.MinTokens, o.Filter.MaxTokens = c.Int64("min-tokens"), c.Int64("max-tokens")
	o.Sizing = convert.Sizing{Target: c.Int("target-input-tokens"), SharedPrefix: c.Int("shared-prefix")}
	return nil
}
