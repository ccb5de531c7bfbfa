package mapping

import (
	"errors"
	"fmt"
	"strings"
)

// errFormat reports a printf in a template whose verbs do not fit its arguments.
var errFormat = errors.New("printf does not fit the values")

// formatted is the printf of templates. That of the language writes its complaints, such as %!d(string=Q), into the text.
func formatted(format string, args ...any) (string, error) {
	text := fmt.Sprintf(format, args...)
	if !strings.Contains(text, "%!") {
		return text, nil
	}
	plain := make([]any, len(args)) // the same without what the data say, where %! may stand for itself
	for i, a := range args {
		switch a.(type) {
		case string:
			a = ""
		case templateList, templateObject, templateNull:
			a = jsonMark{}
		}
		plain[i] = a
	}
	if strings.Contains(fmt.Sprintf(strings.ReplaceAll(format, "%%", ""), plain...), "%!") {
		return "", errFormat
	}
	return text, nil
}

// jsonMark stands for a list or an object, which only text verbs fit.
type jsonMark struct{}

// Format complains of other verbs, as package fmt does.
func (jsonMark) Format(s fmt.State, verb rune) {
	if !strings.ContainsRune("svqxX", verb) {
		_, _ = fmt.Fprintf(s, "%%!%c(json)", verb)
	}
}
