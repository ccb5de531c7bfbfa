package convert

import (
	"errors"
	"slices"
	"strings"

	"github.com/promptmill/promptmill/convert/clean"
	"github.com/promptmill/promptmill/convert/mapping"
)

// refine cleans the texts of a prompt and decides whether it is worth a line.
func (p *pipeline) refine(prompt *mapping.Prompt) (drop string, err error) {
	for i := range prompt.Messages {
		if drop, err = cleanText(p.prompts, &prompt.Messages[i].Content, "prompt"); drop != "" || err != nil {
			return drop, err
		}
	}
	if isBlank(prompt.Last()) {
		return dropBlank, nil
	}
	if first := prompt.Messages[0]; first.Role == mapping.System && isBlank(first.Content) {
		prompt.Messages = slices.Delete(prompt.Messages, 0, 1) // no instructions at all
	}
	for i := range prompt.Later {
		if drop, err = cleanText(p.prompts, &prompt.Later[i], "prompt"); drop != "" || err != nil {
			return drop, err
		}
	}
	if !p.options.takesExpected() {
		return "", nil
	}
	return p.refineExpected(prompt)
}

func (p *pipeline) refineExpected(prompt *mapping.Prompt) (drop string, err error) {
	if drop, err = cleanText(p.answers, &prompt.Expected, "expected"); drop != "" || err != nil {
		return drop, err
	}
	if re := p.options.ExpectedExtract; re != nil && prompt.HasExpected {
		switch m := re.FindStringSubmatchIndex(prompt.Expected); {
		case m != nil:
			prompt.Expected = group(prompt.Expected, m)
		case p.options.AllowEmptyExpected:
			prompt.Expected, prompt.HasExpected = "", false
		default:
			return dropExtract, nil
		}
	}
	if p.options.AllowEmptyExpected {
		return "", nil
	}
	empty := isBlank(prompt.Expected)
	switch {
	case !p.options.needsExpected():
		prompt.HasExpected = !empty
	case !prompt.HasExpected:
		return dropMissing, nil
	case empty:
		return dropEmpty, nil
	}
	return "", nil
}

func isBlank(s string) bool { return strings.TrimSpace(s) == "" }

// group returns the first group of a match, the whole match when the expression has no group.
func group(s string, m []int) string {
	switch {
	case len(m) < 4:
		return s[m[0]:m[1]]
	case m[2] < 0:
		return "" // the group took no part in the match
	}
	return s[m[2]:m[3]]
}

// cleanText cleans s, which is the named part of a row.
func cleanText(c *clean.Cleaner, s *string, part string) (drop string, err error) {
	t, err := c.String(*s)
	switch {
	case err == nil:
		*s = t
	case errors.Is(err, clean.ErrDrop):
		return dropEncoding, nil
	default:
		return "", &RowError{Part: part, Err: err,
			Hint: "--invalid replace puts U+FFFD in the place of bad bytes, --invalid drop leaves such rows out"}
	}
	return "", nil
}
