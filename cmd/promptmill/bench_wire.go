package main

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/bench/openai"
)

// wireFlags say which server is asked, and how.
func wireFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "target", Usage: "`URL` of the server, such as http://127.0.0.1:8000"},
		&cli.StringFlag{Name: "timeout", Value: "10m", Usage: "`TIME` that one request may take"},
		&cli.IntFlag{Name: "max-tokens", Usage: "longest answer, in tokens: `N`; 0 is the server's own limit"},
		&cli.StringFlag{Name: "model", Usage: "model `NAME` (default: the first that the server lists)"},
		&cli.StringFlag{Name: "endpoint", Value: "chat", Usage: "chat (/v1/chat/completions) or completions (/v1/completions)"},
		&cli.StringFlag{Name: "engine", Usage: "`NAME` of what carries the requests: http1, which is promptmill's own, or net/http (default: the first where it can be had)"},
		&cli.StringFlag{Name: "wait", Value: "10", Usage: "`TIME` to wait for a server that is not ready"},
	}
}

func (plan *benchPlan) readClient(c *cli.Context, getenv func(string) string) error {
	endpoints := map[string]openai.Endpoint{
		"chat": openai.Chat, string(openai.Chat): openai.Chat, "chat_completions": openai.Chat,
		"completions": openai.Completions, string(openai.Completions): openai.Completions, "text_completions": openai.Completions,
	}
	endpoint, ok := endpoints[c.String("endpoint")]
	if !ok {
		return fmt.Errorf("--endpoint %q: expected chat or completions", c.String("endpoint"))
	}
	if c.Int("max-tokens") < 0 {
		return fmt.Errorf("--max-tokens %d: expected at least 1, or 0 for the server's own limit", c.Int("max-tokens"))
	}
	timeout, err := parseSeconds("--timeout", c.String("timeout"))
	key := getenv("PROMPTMILL_API_KEY")
	if key == "" {
		key = getenv("OPENAI_API_KEY")
	}
	plan.client = openai.Config{
		BaseURL: c.String("target"), Endpoint: endpoint, APIKey: strings.TrimSpace(key),
		KeepText: c.Bool("keep-text"), Timeout: timeout, Engine: c.String("engine"),
	}
	plan.body = openai.BodyOptions{Endpoint: endpoint, Model: c.String("model"), MaxTokens: c.Int("max-tokens")}
	return err
}
