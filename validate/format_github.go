package validate

import (
	"bufio"
	"fmt"
	"strings"
)

// githubFormat writes workflow commands of GitHub Actions, which become annotations of
// the lines.
type githubFormat struct{ w *bufio.Writer }

func (g githubFormat) begin()   {}
func (g githubFormat) end(bool) {}

func (g githubFormat) finding(f Finding, count int64) {
	text := withFix(f)
	if count > 1 {
		text += fmt.Sprintf(" (%d of this rule)", count)
	}
	fmt.Fprintf(g.w, "::%s file=%s,line=%d,col=%d,title=%s::%s\n",
		f.Severity, githubProperty.Replace(githubName(f.File)), f.Line, f.Column, githubProperty.Replace(f.Rule), githubData.Replace(text))
}

func (g githubFormat) file(r *FileReport) {
	if r.Failed != "" {
		fmt.Fprintf(g.w, "::error file=%s::%s\n", githubProperty.Replace(githubName(r.File)), githubData.Replace(escape(r.Failed)))
	}
}

// githubName returns the name of a file with escapes for what a log must not have and
// GitHub knows no escape for; then it is of no file there.
func githubName(name string) string {
	var b strings.Builder
	for line := range strings.Lines(name) {
		text := strings.TrimRight(line, "\r\n")
		b.WriteString(escape(text))
		b.WriteString(line[len(text):])
	}
	return b.String()
}

// What GitHub would take for the end of a command or of one of its properties.
var (
	githubData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	githubProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)
