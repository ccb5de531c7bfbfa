package validate

import (
	"bufio"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
)

// sarifFormat writes a log of SARIF 2.1.0, a result to a line:
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
type sarifFormat struct {
	w       *bufio.Writer
	version string
	any     bool
	failed  []FileReport // files that could not be read to their end
}

const (
	sarifSchema = "https://json.schemastore.org/sarif-2.1.0.json"
	homepage    = "https://github.com/promptmill/promptmill"
)

// The parts of SARIF that are written, under its own names.
type (
	sarifText struct {
		Text string `json:"text"`
	}
	sarifRule struct {
		ID      string         `json:"id"`
		About   sarifText      `json:"shortDescription"`
		Default map[string]any `json:"defaultConfiguration"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int64 `json:"startLine"`
		StartColumn int   `json:"startColumn"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifLocation struct {
		Physical sarifPhysical `json:"physicalLocation"`
	}
	sarifResult struct {
		RuleID      string          `json:"ruleId"`
		RuleIndex   int             `json:"ruleIndex"`
		Level       Severity        `json:"level"` // SARIF's words are ours
		Message     sarifText       `json:"message"`
		Locations   []sarifLocation `json:"locations"`
		Occurrences int64           `json:"occurrenceCount,omitempty"`
		Properties  map[string]any  `json:"properties,omitempty"`
	}
	sarifNotification struct {
		Level     string          `json:"level"`
		Message   sarifText       `json:"message"`
		Locations []sarifLocation `json:"locations"`
	}
)

func (s *sarifFormat) begin() {
	told := make([]sarifRule, 0, len(rules))
	for _, r := range rules {
		told = append(told, sarifRule{ID: r.name, About: sarifText{r.about}, Default: map[string]any{"level": r.severity}})
	}
	driver := map[string]any{"name": "promptmill", "informationUri": homepage, "rules": told}
	if s.version != "" {
		driver["version"] = s.version
	}
	fmt.Fprintf(s.w, `{"$schema":%q,"version":"2.1.0","runs":[{"tool":{"driver":%s},"columnKind":"unicodeCodePoints","results":[`,
		sarifSchema, compact(driver))
}

func (s *sarifFormat) finding(f Finding, count int64) {
	r := sarifResult{
		RuleID: f.Rule, Level: f.Severity, Message: sarifText{withFix(f)},
		RuleIndex: slices.IndexFunc(rules, func(r rule) bool { return r.name == f.Rule }),
		Locations: sarifLocations(f.File, &sarifRegion{f.Line, f.Column}),
	}
	if count > 1 {
		r.Occurrences = count
	}
	if f.Excerpt != "" {
		r.Properties = map[string]any{"excerpt": f.Excerpt}
	}
	writeItem(s.w, &s.any, r)
}

func (s *sarifFormat) file(r *FileReport) {
	if r.Failed != "" {
		s.failed = append(s.failed, *r)
	}
}

func (s *sarifFormat) end(bool) {
	var told []sarifNotification
	for _, r := range s.failed {
		told = append(told, sarifNotification{"error", sarifText{escape(r.Failed)}, sarifLocations(r.File, nil)})
	}
	invocation := map[string]any{"executionSuccessful": len(told) == 0}
	if len(told) > 0 {
		invocation["toolExecutionNotifications"] = told
	}
	fmt.Fprintf(s.w, "\n],\"invocations\":[%s]}]}\n", compact(invocation))
}

func sarifLocations(file string, at *sarifRegion) []sarifLocation {
	return []sarifLocation{{sarifPhysical{sarifArtifact{fileURI(file)}, at}}}
}

// fileURI returns the path of a file as a reference that a URI may be: relative to
// where promptmill ran unless the path is absolute.
func fileURI(path string) string {
	u := url.URL{Path: filepath.ToSlash(path)}
	if filepath.IsAbs(path) {
		u.Scheme = "file"
		u.Path = "/" + strings.TrimPrefix(u.Path, "/")
	}
	return u.String()
}
