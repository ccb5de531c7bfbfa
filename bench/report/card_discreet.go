package report

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/promptmill/promptmill/bench/report/plain"
	"github.com/promptmill/promptmill/bench/results"
)

var (
	urlRE = regexp.MustCompile(`(?i)\b[a-z][a-z0-9+.-]*://[^\s"'<>|)]+`)
	// A file of some host: /a/b, ~/a, C:\a or \\host\share, at the start of a word.
	hostPathRE = regexp.MustCompile(`(^|[\s"'` + "`" + `(\[=,:;|])((?:~|\.{1,2})?/[^\s"'` + "`" + `)\],;|]+|[A-Za-z]:[\\/][^\s"'` + "`" + `)\],;|]+|\\\\[^\s"'` + "`" + `)\],;|]+)`)
)

// discreet returns s with every URL reduced to its host and every file's name on this machine to its last part.
func discreet(s string) string {
	if !strings.ContainsAny(s, `/\`) {
		return s
	}
	s = urlRE.ReplaceAllStringFunc(s, func(u string) string {
		if host := hostOf(u); host != "" {
			return host
		}
		return "(a URL)"
	})
	return hostPathRE.ReplaceAllStringFunc(s, func(match string) string {
		parts := hostPathRE.FindStringSubmatch(match)
		return parts[1] + lastPart(parts[2])
	})
}

// Disclosed returns what a results file itself, unlike its [Card], says to whoever reads it: addresses and names of
// files of the machines that made it, and that it has the answers' text. The strings are printable and sorted.
func Disclosed(run *results.Run) []string {
	raw, err := json.Marshal(run)
	var tree any
	if err != nil || json.Unmarshal(raw, &tree) != nil {
		return nil
	}
	var out []string
	walkText("", tree, func(key, text string) {
		if key != "endpoint" && discreet(text) != text {
			out = append(out, plain.Text(text))
		}
	})
	if kept, _ := run.Config["keep-text"].(bool); kept {
		out = append(out, "the text of the answers")
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// walkText calls f with every string of decoded JSON and the key that it is under; v is under the given one.
func walkText(key string, v any, f func(key, text string)) {
	switch v := v.(type) {
	case string:
		f(key, v)
	case []any:
		for _, item := range v {
			walkText(key, item, f)
		}
	case map[string]any:
		for k, item := range v {
			walkText(k, item, f)
		}
	}
}
