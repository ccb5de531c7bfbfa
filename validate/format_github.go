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
		f.Severity, githubProperty.Replace(f.File), f.Line, f.Column, githubProperty.Replace(f.Rule), githubData.Replace(text))
}

func (g githubFormat) file(r *FileReport) {
	if r.Failed != "" {
		fmt.Fprintf(g.w, "::error file=%s::%s\n", githubProperty.Replace(r.File), githubData.Replace(escape(r.Failed)))
	}
}

// What GitHub would take for the end of a command or of one of its properties.
var (
	githubData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	githubProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)
