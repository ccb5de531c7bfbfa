package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
	"go.yaml.in/yaml/v3"
)

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
	s.note()
	if s.given["data"] && c.NArg() > 0 {
		return usagef("the prompts are named twice, as %s and as --data %s", c.Args().First(), c.String("data"))
	}
	s.options()
	s.note()
	if path := c.String("scenario"); path != "" && s.err == nil {
		if err := s.readFile(path); err != nil {
			return withCode(exitInput, err)
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

// scenario sets flags from the words of GuideLLM. Its first error stays.
type scenario struct {
	c     *cli.Context
	given map[string]bool // flags that are set already, by their names
	err   error
}

// note keeps which flags are set by now, which nothing that follows changes.
func (s *scenario) note() {
	for _, f := range s.c.Command.Flags {
		name := f.Names()[0]
		s.given[name] = s.c.IsSet(name)
	}
}

// readFile reads a scenario: flat, as up to 0.6, or in sections, as since 0.7, where it may be in a report. Its error is
// that of a file that is none.
func (s *scenario) readFile(path string) error {
	data, err := readFile(path)
	if err != nil {
		return fmt.Errorf("--scenario: %w", err)
	}
	if err := s.read(data); err != nil {
		return fmt.Errorf("--scenario %s: %w", path, err)
	}
	return nil
}

// read reads what such a file holds.
func (s *scenario) read(data []byte) error {
	object, err := parseObject(data)
	if err != nil {
		return err
	}
	if inner, ok := object["config"].(map[string]any); ok {
		object = inner
	}
	var levels any
	if inner, ok := object["spec"].(map[string]any); ok {
		object, levels = inner, object["benchmarks"]
	}
	if len(object) == 0 {
		return errors.New("it says nothing of a load: expected a scenario, or a report that has its configuration")
	}
	for _, key := range slices.Sorted(maps.Keys(object)) {
		s.top(key, object[key])
	}
	if list, ok := levels.([]any); ok {
		s.levels(list)
	}
	return nil
}

// parseObject reads an object in YAML, which JSON is, too. Nothing at all is an empty one.
func parseObject(data []byte) (object map[string]any, err error) {
	var document yaml.Node
	if err := yaml.Unmarshal(data, &document); err != nil || document.IsZero() {
		return nil, err
	}
	if root := document.Content[0]; root.Kind != yaml.MappingNode {
		return nil, fmt.Errorf("line %d: expected keys and values, such as rate: 4", root.Line)
	}
	err = document.Decode(&object)
	if e, ok := errors.AsType[*yaml.TypeError](err); ok { // which has a line for each fault
		err = errors.New(e.Errors[0])
	}
	return object, err
}

// levels sets what the benchmarks of a scenario differ in: the rates or the levels of concurrency of its profile. A
// benchmark of null is the profile as it is.
func (s *scenario) levels(list []any) {
	values := make(map[string][]any)
	for _, benchmark := range list {
		object, _ := benchmark.(map[string]any)
		for key, v := range object {
			values[key] = append(values[key], v)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		if key != "profile.rate" && key != "profile.streams" || len(values[key]) != len(list) || len(values) > 1 {
			s.fail("benchmarks: they differ in %s: expected a profile.rate or a profile.streams in each; --vary has what else differs", key)
			return
		}
		s.set(strings.TrimPrefix(key, "profile."), sectionWords["profile"], "benchmarks", values[key])
	}
}

// top sets what a key of the scenario means.
func (s *scenario) top(key string, value any) {
	if w, known := flatWords[key]; known && w.flag == "" && w.read == nil || value == nil {
		return
	}
	list, isList := value.([]any)
	switch {
	case key == "constraints" && isList:
		for _, part := range list {
			object, _ := part.(map[string]any)
			s.section("constraint", object)
		}
		return
	case key == "data" && isList && len(list) == 1:
		value = list[0]
	}
	object, ok := value.(map[string]any)
	if _, known := sectionWords[key]; ok && !known {
		key = strings.TrimSuffix(key, "s")
	}
	if ok {
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
		if s.c.NArg() > 0 || s.given["data"] { // the file that is named wins
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

// scenarioText is a value as a flag has it: a list with commas, an object as JSON.
func scenarioText(value any) string {
	switch v := value.(type) {
	case []any:
		parts := make([]string, len(v))
		for i := range v {
			parts[i] = scenarioText(v[i])
		}
		return strings.Join(parts, ",")
	case map[string]any:
		if text, err := json.Marshal(v); err == nil {
			return string(text)
		}
	}
	return fmt.Sprint(value)
}
