package main

import (
	"fmt"
	"io"
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
	lines := c.StringSlice("header")
	if path := c.String("header-file"); path != "" {
		text, err := a.readSecret("--header-file", path)
		if err != nil {
			return err
		}
		for line := range strings.Lines(text) {
			if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
				lines = append(lines, line)
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
	if err == nil && key == "" {
		err = fmt.Errorf("--api-key-file %s: it is empty; expected the API key", path)
	}
	return key, err
}

// maxSecret is the longest file of secrets, in bytes.
const maxSecret = 1 << 20

// readSecret reads a file that nobody else should, and says so when others can.
func (a *app) readSecret(flag, path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("%s: %w", flag, err)
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o007 != 0 {
		a.logf("%s %s: every user of this machine can read it; `chmod 600 %s` keeps it yours", flag, path, path)
	}
	text, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	switch {
	case err != nil:
		return "", fmt.Errorf("%s: %w", flag, err)
	case len(text) > maxSecret:
		return "", fmt.Errorf("%s %s: longer than 1 MiB; is it the right file?", flag, path)
	}
	return strings.TrimSpace(string(text)), nil
}

// parseHeaders reads 'Name: value' lines. Their values are not repeated in errors.
func parseHeaders(lines []string) (map[string]string, error) {
	headers := make(map[string]string)
	for i, line := range lines {
		name, value, ok := strings.Cut(line, ":")
		if name = strings.TrimSpace(name); !ok || name == "" {
			return nil, usagef("header %d: expected 'Name: value'", i+1)
		}
		for given := range headers {
			if strings.EqualFold(given, name) {
				return nil, usagef("header %s is given twice; several values of one header are one line, with commas", given)
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
