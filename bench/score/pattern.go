package score

import (
	"regexp"
	"sync"
)

// patterns keeps compiled expressions: a prompt file is sent over and over, and often has one for all lines.
var patterns struct {
	sync.Mutex
	compiled map[string]*regexp.Regexp
}

// maxPatterns bounds what is kept.
const maxPatterns = 4096

// matches scores by a regular expression. One that does not compile matches nothing.
func matches(answer, expression string) float64 {
	re, err := pattern(expression)
	return truth(err == nil && re.MatchString(answer))
}

func checkPattern(expression string) error {
	_, err := pattern(expression)
	return err
}

func pattern(expression string) (*regexp.Regexp, error) {
	patterns.Lock()
	defer patterns.Unlock()
	if re := patterns.compiled[expression]; re != nil {
		return re, nil
	}
	re, err := regexp.Compile(expression)
	if err != nil {
		return nil, err
	}
	if len(patterns.compiled) >= maxPatterns || patterns.compiled == nil {
		patterns.compiled = make(map[string]*regexp.Regexp)
	}
	patterns.compiled[expression] = re
	return re, nil
}
