package main

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// options sets what the structured options of GuideLLM mean, such as --profile kind=poisson,rate=4. What is written in
// the words of here stays.
func (s *scenario) options() {
	for _, name := range []string{"profile", "data"} {
		text := s.c.String(name)
		if object, ok := s.option(name, text); ok {
			s.given[name] = false
			s.section(name, object)
			if s.err == nil && s.c.String(name) == text {
				s.fail("--%s %s: no kind or no path in it", name, text)
			}
		}
	}
	for _, name := range []string{"backend", "constraint"} {
		for _, text := range s.c.StringSlice(name) {
			object, ok := s.option(name, text)
			if !ok {
				object = map[string]any{"kind": text} // as up to 0.6
			}
			s.section(name, object)
		}
	}
}

// option is a structured option as an object; ok is false for a text that is none.
func (s *scenario) option(name, text string) (object map[string]any, ok bool) {
	switch {
	case strings.HasPrefix(text, "{"):
		object, err := parseObject([]byte(text))
		if err != nil {
			s.fail("--%s: %w", name, err)
		}
		return object, true
	case strings.HasPrefix(text, "kind="), name == "data" && strings.HasPrefix(text, "prompt_tokens="):
		object, err := pairs(text)
		if err != nil {
			s.fail("--%s %s: %w", name, text, err)
		}
		return object, true
	}
	return nil, false
}

// pairs reads "kind=concurrent,streams=[1,2]" as an object. Commas within brackets are of the value.
func pairs(text string) (map[string]any, error) {
	object := make(map[string]any)
	for len(text) > 0 {
		end := pairEnd(text)
		key, value, ok := strings.Cut(text[:end], "=")
		if !ok {
			return nil, fmt.Errorf("%q: expected a key, = and a value", text[:end])
		}
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		object[key] = value
		if strings.HasPrefix(value, "[") || strings.HasPrefix(value, "{") {
			var inner any
			if err := yaml.Unmarshal([]byte(value), &inner); err != nil {
				return nil, fmt.Errorf("%s: %w", key, err)
			}
			object[key] = inner
		}
		text = strings.TrimPrefix(text[end:], ",")
	}
	return object, nil
}

// pairEnd is where the first comma is that is in no brackets, or the end.
func pairEnd(text string) int {
	depth := 0
	for i, r := range text {
		switch {
		case r == '[', r == '{':
			depth++
		case r == ']', r == '}':
			depth--
		case r == ',' && depth <= 0:
			return i
		}
	}
	return len(text)
}
