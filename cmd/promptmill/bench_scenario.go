package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
	"go.yaml.in/yaml/v3"
)

// scenarioLimit is how large a scenario may be.
const scenarioLimit = 1 << 20

// scenarioFlags take a load in the words of GuideLLM.
func scenarioFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "scenario", Usage: "the flags that a GuideLLM scenario `FILE` (JSON or YAML), or a report of its, means; flags that are given win"},
		&cli.StringSliceFlag{Name: "backend", Hidden: true, Usage: "as GuideLLM has it: `kind=openai_http,target=URL`"},
		&cli.StringSliceFlag{Name: "constraint", Hidden: true, Usage: "as GuideLLM has it: `kind=max_requests,count=5`"},
	}
}

// applyGuideLLM sets the flags that are given in GuideLLM's words: a scenario file, and structured options such as
// --profile kind=poisson,rate=4. What the command line or the environment sets plainly stays.
func applyGuideLLM(c *cli.Context) error {
	s := scenario{c: c, given: make(map[string]bool)}
	for _, f := range c.Command.Flags {
		name := f.Names()[0]
		s.given[name] = c.IsSet(name)
	}
	if text := c.String("profile"); strings.HasPrefix(text, "kind=") {
		s.given["profile"] = false
		s.section("profile", pairs(text))
	}
	for _, part := range []string{"backend", "constraint"} {
		for _, text := range c.StringSlice(part) {
			s.section(part, pairs(text))
		}
	}
	if path := c.String("scenario"); path != "" && s.err == nil {
		if err := s.readFile(path); err != nil {
			return withCode(exitInput, fmt.Errorf("--scenario %s: %w", path, err))
		}
		if s.err != nil {
			s.err = fmt.Errorf("--scenario %s: %w", path, s.err)
		}
	}
	if s.err != nil {
		return withCode(exitUsage, s.err)
	}
	return nil
}

// pairs reads "kind=poisson,rate=4" as an object. A value that holds commas is in quotes, brackets or braces only in a
// scenario file.
func pairs(text string) map[string]any {
	object := make(map[string]any)
	for part := range strings.SplitSeq(text, ",") {
		key, value, _ := strings.Cut(part, "=")
		object[strings.TrimSpace(key)] = strings.TrimSpace(value)
	}
	return object
}

// scenario sets flags from the words of GuideLLM. Its first error stays.
type scenario struct {
	c     *cli.Context
	given map[string]bool // flags that are set already, by their names
	err   error
}

// readFile reads a scenario: flat, as up to 0.6, or in sections, as since 0.7, where it may be in a report. Its error is
// that of a file that is none.
func (s *scenario) readFile(path string) error {
	data, err := readBounded(path, scenarioLimit)
	if err != nil {
		return err
	}
	var object map[string]any
	if err := yaml.Unmarshal(data, &object); err != nil { // JSON is YAML
		return err
	}
	for _, key := range []string{"config", "spec"} {
		if inner, ok := object[key].(map[string]any); ok {
			object = inner
		}
	}
	for _, key := range slices.Sorted(maps.Keys(object)) {
		s.top(key, object[key])
	}
	return nil
}

func readBounded(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // nothing was written
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = fmt.Errorf("larger than %d bytes: this is no scenario", limit)
	}
	return data, err
}

// top sets what a key of the scenario means.
func (s *scenario) top(key string, value any) {
	switch v := value.(type) {
	case nil:
		return
	case map[string]any:
		s.section(strings.TrimSuffix(key, "s"), v)
		return
	case []any:
		if key == "constraints" {
			for _, part := range v {
				object, _ := part.(map[string]any)
				s.section("constraint", object)
			}
			return
		}
		if key == "data" && len(v) == 1 {
			value = v[0]
		}
	}
	if object, ok := value.(map[string]any); ok {
		s.section(key, object)
		return
	}
	s.set(key, flatWords, key, value)
}

// section sets what an object of the scenario means, whose words depend on its kind.
func (s *scenario) section(name string, object map[string]any) {
	kind := scenarioText(cmp.Or(object["kind"], any("")))
	words, known := sectionWords[name]
	switch name {
	case "constraint":
		words, known = constraintWords[kind]
	case "data":
		if s.c.NArg() > 0 { // the file that is named wins
			return
		}
		if _, err := dataKind(kind); err != nil {
			s.fail("%w", err)
		}
	}
	if !known {
		s.fail("%s of kind %q has no counterpart here; expected one of profile, backend, seed, data and the constraints %s",
			name, kind, strings.Join(slices.Sorted(maps.Keys(constraintWords)), ", "))
		return
	}
	for _, key := range slices.Sorted(maps.Keys(object)) {
		s.set(key, words, name+"."+key, object[key])
	}
}

// set gives the flag that a word stands for its value, unless the flag is set already.
func (s *scenario) set(key string, words map[string]word, place string, value any) {
	w, known := words[key]
	switch {
	case s.err != nil || value == nil:
		return
	case !known:
		s.fail("%s: unknown; expected one of %s", place, strings.Join(slices.Sorted(maps.Keys(words)), ", "))
		return
	}
	text := scenarioText(value)
	if w.read != nil {
		var err error
		if text, err = w.read(text); err != nil {
			s.fail("%s: %w", place, err)
			return
		}
	}
	if w.flag == "" || text == "" || s.given[w.flag] {
		return
	}
	if err := s.c.Set(w.flag, text); err != nil {
		s.fail("%s: --%s %s: %w", place, w.flag, text, err)
	}
}

func (s *scenario) fail(format string, args ...any) {
	if s.err == nil {
		s.err = fmt.Errorf(format, args...)
	}
}

// scenarioText is a value as a flag has it: a list with commas.
func scenarioText(value any) string {
	list, ok := value.([]any)
	if !ok {
		return fmt.Sprint(value)
	}
	parts := make([]string, len(list))
	for i, v := range list {
		parts[i] = fmt.Sprint(v)
	}
	return strings.Join(parts, ",")
}
