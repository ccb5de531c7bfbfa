package validate

import (
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// explain reports e, which is about w, in the words of a person, at the value or key it
// is about.
func (s *schema) explain(w place, e *jsonschema.ValidationError, p *problems) {
	if w.node.value == outOfRange && keyword(e) != "type" {
		return // it is told of already
	}
	if msg, ok := inWords[location(e)]; ok {
		p.add(w.node.at, RuleSchema, "", "%s%s", w.prefix(), msg)
		return
	}
	switch location(e) {
	case "messages.schema.json#/properties/messages/anyOf", "sharegpt.schema.json#/properties/conversations/anyOf":
		p.add(w.node.at, RuleBlankPrompt, "", "%s has no turn of the user that is not blank, want a prompt", w.subject())
		return
	}
	switch keyword(e) {
	case "required":
		p.add(w.node.at, RuleMissingKey, "", "missing %s%s%s", keys(s.parts.missing(w.node, e)), w.in(), s.strictly("exactly"))
	case "additionalProperties":
		s.explainUnknown(w, e, p)
	case "type":
		p.add(w.node.at, RuleType, "", "%s is %s, want %s", w.subject(), kindOf(w.node.value), wanted(e.Message))
	case "pattern":
		if location(e) != "" { // all patterns in the schemas of lines are of prompts
			p.add(w.node.at, RuleBlankPrompt, "", "%s is blank, want a prompt", w.subject())
			return
		}
		p.add(w.node.at, RuleSchema, "", "%s %s", w.subject(), escape(e.Message))
	case "minLength":
		s.explainShort(w, e, p)
	case "anyOf", "oneOf":
		s.explainAlternatives(w, e, p)
	case "not":
		p.add(w.node.at, RuleSchema, "", "%s has a form that the schema rules out", w.subject())
	case "minItems":
		p.add(w.node.at, RuleSchema, "", "%s has too few items: %s", w.subject(), escape(e.Message))
	default:
		p.add(w.node.at, RuleSchema, "", "%s: %s", w.subject(), escape(e.Message))
	}
}

// inWords says what this project's own schemas mean where a keyword does not.
var inWords = map[string]string{
	"guidellm.schema.json#/not":                  `no text column: want a key such as "prompt", "question" or "text"`,
	"aiperf.schema.json#/$defs/turn/allOf/0/not": `both "text" and "texts", want one of them`,
	"aiperf.schema.json#/$defs/turn/allOf/1/not": `both "timestamp" and "delay", want one of them`,
}

// location returns the file and pointer of the keyword that e is about, for one of
// this project's schemas.
func location(e *jsonschema.ValidationError) string {
	_, loc, _ := strings.Cut(e.AbsoluteKeywordLocation, "/promptmill/schemas/")
	return loc
}

// strictly ends a message about keys with what the strict layout has.
func (s *schema) strictly(only string) string {
	if s.name != SchemaStrict {
		return ""
	}
	return `; a strict line has ` + only + ` "prompt" and "expected"`
}

// explainUnknown reports every key that must not be there where it stands, and at
// least one thing.
func (s *schema) explainUnknown(w place, e *jsonschema.ValidationError, p *problems) {
	unknown := s.parts.unknown(w.node, e)
	for _, m := range unknown {
		p.add(m.at, RuleUnknownKey, "remove it, as --fix --drop-unknown does", "unknown key %s%s%s", quote(m.name), w.in(), s.strictly("only"))
	}
	if len(unknown) == 0 {
		p.add(w.node.at, RuleUnknownKey, "", "%s: %s", w.subject(), escape(e.Message))
	}
}

func (s *schema) explainShort(w place, e *jsonschema.ValidationError, p *problems) {
	switch {
	case w.node.value != "":
		p.add(w.node.at, RuleSchema, "", "%s: %s", w.subject(), escape(e.Message))
	case e.InstanceLocation == "/expected" && s.name != customName:
		p.add(w.node.at, RuleEmptyExpected, "give the answer, or allow empty ones", `"expected" is empty, want the answer`)
	default:
		p.add(w.node.at, RuleSchema, "", "%s is empty", w.subject())
	}
}

// explainAlternatives reports a value that fits none of several forms.
func (s *schema) explainAlternatives(w place, e *jsonschema.ValidationError, p *problems) {
	var names, reasons []string
	for _, c := range e.Causes {
		for _, leaf := range flatten(c, nil) {
			if keyword(leaf) == "required" && leaf.InstanceLocation == e.InstanceLocation {
				names = append(names, s.parts.missing(w.node, leaf)...)
			}
			reasons = append(reasons, escape(leaf.Message))
		}
	}
	if len(names) > 0 && len(names) == len(reasons) {
		p.add(w.node.at, RuleMissingKey, "", "missing %s%s", list(names, "or"), w.in())
		return
	}
	const most = 4
	if len(reasons) > most {
		reasons = append(reasons[:most], "…")
	}
	p.add(w.node.at, RuleSchema, "", "%s fits none of the forms it may have: %s", w.subject(), strings.Join(reasons, "; or "))
}
