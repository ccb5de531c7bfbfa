package main

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/bench/openai"
)

// secretFlags are the flags that bring credentials, or may.
func secretFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "api-key-file", Usage: "`FILE` with the API key, in the place of PROMPTMILL_API_KEY and OPENAI_API_KEY"},
		&cli.StringSliceFlag{Name: "header", Usage: "`LINE` to send with every request: 'Name: value', or 'X-Tenant: {{.tenant}}' for a header that each prompt has its own of; what is secret is better in --header-file, as others see command lines"},
		&cli.StringFlag{Name: "header-file", Usage: "`FILE` of such lines"},
	}
}

// readSecrets reads the API key and the headers. Results have the names of the headers only.
func (a *app) readSecrets(c *cli.Context, plan *benchPlan) error {
	key, err := a.apiKey(c.String("api-key-file"))
	if err != nil {
		return err
	}
	var lines []headerLine
	for i, text := range c.StringSlice("header") {
		lines = append(lines, headerLine{fmt.Sprintf("--header number %d", i+1), text})
	}
	if path := c.String("header-file"); path != "" {
		text, err := a.readSecret("--header-file", path)
		if err != nil {
			return err
		}
		number := 0
		for line := range strings.Lines(text) {
			number++
			if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
				lines = append(lines, headerLine{fmt.Sprintf("%s:%d", path, number), line})
			}
		}
	}
	headers, err := parseHeaders(lines)
	if err != nil {
		return err
	}
	plan.config["header"] = slices.Sorted(maps.Keys(headers))
	plan.client.APIKey = key
	plan.client.Header, plan.headers, err = openai.SplitHeader(headers)
	return withCode(exitUsage, err)
}

// apiKey is the key of the file, else that of the environment, else none.
func (a *app) apiKey(path string) (string, error) {
	if path == "" {
		key := strings.TrimSpace(a.getenv("PROMPTMILL_API_KEY"))
		if key == "" {
			key = strings.TrimSpace(a.getenv("OPENAI_API_KEY"))
		}
		return key, nil
	}
	key, err := a.readSecret("--api-key-file", path)
	if key = strings.TrimSpace(key); err == nil && key == "" {
		err = fmt.Errorf("--api-key-file %s: it is empty; expected the API key", path)
	}
	return key, err
}

// readSecret reads a file that nobody else should, and says so when others can.
func (a *app) readSecret(flag, path string) (string, error) {
	text, err := readFile(path)
	if err != nil {
		return "", fmt.Errorf("%s: %w", flag, err)
	}
	if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o007 != 0 {
		a.logf("%s %s: every user of this machine can read it; `chmod 600 %s` keeps it yours", flag, path, path)
	}
	return string(text), nil
}

// A headerLine is a 'Name: value' and where it was given.
type headerLine struct{ at, text string }

// parseHeaders reads the lines. Their values are not repeated in errors.
func parseHeaders(lines []headerLine) (map[string]string, error) {
	headers := make(map[string]string)
	for _, line := range lines {
		name, value, ok := strings.Cut(line.text, ":")
		if name = strings.TrimSpace(name); !ok || name == "" {
			return nil, usagef("%s: expected 'Name: value'", line.at)
		}
		for given := range headers {
			if strings.EqualFold(given, name) {
				return nil, usagef("%s: header %s is given twice; several values of one header are one line, with commas", line.at, given)
			}
		}
		headers[name] = strings.TrimSpace(value)
	}
	return headers, nil
}

// ownHeaders makes the headers that requests have alone; nil where there are none.
func (plan *benchPlan) ownHeaders() func(dst []openai.HeaderField, in *openai.Input) []openai.HeaderField {
	if plan.headers == nil {
		return nil
	}
	return func(dst []openai.HeaderField, in *openai.Input) []openai.HeaderField {
		return plan.headers.Append(dst, &plan.body, in)
	}
}
