package report

import (
	"bytes"
	"fmt"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/report/plain"
)

// CardFile is a results file in a dataset, and what its card says of it.
type CardFile struct {
	Path    string // in the dataset, slash-separated
	Rows    int64
	Summary *metrics.Summary
}

// CardBase is the dataset that a card is for, as it is before the files come.
type CardBase struct {
	Repo string      // "org/name"
	Text []byte      // of its README.md; nil when there is none
	Data []CardSplit // its data, if that is found without the card saying where
	// Standalone says that another file than README.md declares the configs.
	Standalone bool
}

// CardSplit is a split of a config and where its files are.
type CardSplit struct {
	Name  string
	Paths []string // names or patterns in the dataset
}

// Card returns the README.md of a dataset that is to hold files: front matter that makes each file a config of its own,
// and for each file a part between two marker comments with the key metrics, how they were measured, and how to load
// and report them again. Of the server only the host is named, of files only the last part of their names: a card is
// read by strangers.
//
// The text and the front matter of the card that is there stay; the part of a file is replaced where it is, or appended.
// What was found in the dataset without a config being named is found still. notices say what of that had to be
// declared, and what could not be done; the last of them may end with lines of YAML.
func Card(base CardBase, files []CardFile) (text []byte, notices []string) {
	if len(bytes.TrimSpace(base.Text)) == 0 {
		base.Text = []byte(newCard(base, files))
	}
	front, body := cutFront(base.Text)
	front, places, notices := withConfigs(front, base, files)
	for _, f := range files {
		body = replacePart(body, f.Path, cardPart(base.Repo, places[f.Path], f))
	}
	return append(front, body...), notices
}

// cardPart is what a card says of one file.
func cardPart(repo string, at place, f CardFile) string {
	var b bytes.Buffer
	m := &mdWriter{printer: printer{w: &b}, s: new(plain.Copy(*f.Summary))}
	m.line("## Benchmark of ", public(orNone(m.s.Run.Model)))
	for _, n := range verdict(m.s) {
		m.line("\n> **", markdown(n.Label), "**: ", public(n.Text))
	}
	if len(m.s.Benchmarks) == 0 {
		m.line("\nNo benchmark was measured.")
	} else {
		m.keyTable()
	}
	m.line("\n### How it was measured\n")
	for _, f := range cardFacts(m.s) {
		m.line("- **", markdown(f.Label), "**: ", public(f.Value))
	}
	for i := range m.s.Benchmarks {
		b := &m.s.Benchmarks[i]
		m.line("- **", public(orNone(b.Name)), "**: ", public(reading(b)))
	}
	m.line("\n### How to use it\n")
	m.line(code(f.Path), " has ", integer(f.Rows), " rows, one for each request, with the time of every token.")
	python, flags := fmt.Sprintf("%q, split=%q", at.config, at.split), fmt.Sprintf("--config %s --split %s", shellWord(at.config), shellWord(at.split))
	if at == (place{}) {
		python, flags = fmt.Sprintf("data_files=%q, split=%q", f.Path, cardSplit), "--include "+shellWord(f.Path)
	}
	m.line(fmt.Sprintf("\n```python\nfrom datasets import load_dataset\n\nrequests = load_dataset(%q, %s)\n```", repo, python))
	m.line(fmt.Sprintf("\n```sh\npromptmill report \"$(promptmill pull %s %s)\"\n```", repo, flags))
	return b.String()
}

// shellWord is s as one word of a shell's command line.
func shellWord(s string) string {
	if !plainWord.MatchString(s) {
		return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
	}
	return s
}

var plainWord = regexp.MustCompile(`^[A-Za-z0-9_./][A-Za-z0-9_./-]*$`)

// cardOptions are the options of a run that say how it measured and hold nothing of the machine it ran on.
var cardOptions = []string{"profile", "rate", "concurrency", "max-concurrency", "sweep-size", "max-requests", "max-seconds",
	"grace", "timeout", "max-tokens", "keep-text"}

// cardFacts is the setup without what is nobody else's business.
func cardFacts(s *metrics.Summary) []fact {
	var facts []fact
	for _, f := range setup(s) {
		switch f.Label {
		case "Model":
			continue // it is the title
		case "Target":
			f = fact{Label: "Server", Value: hostOf(s.Run.Target)}
		case "Endpoint":
			f.Value, _, _ = strings.Cut(f.Value, "?")
			f.Value = strings.TrimPrefix(f.Value, "/") // or it would look like the name of a file
		case "Dataset":
			m := readManifest(s.Run.Manifest)
			for i := range m.Source.Files {
				m.Source.Files[i].Name = lastPart(m.Source.Files[i].Name)
			}
			f.Value = m.dataset()
		case "Prompts":
			p := s.Run.Prompts
			p.Path = lastPart(p.Path)
			f.Value = prompts(&p)
		}
		facts = append(facts, f)
	}
	var opts []string
	for _, o := range options(&s.Run) {
		if slices.Contains(cardOptions, o.Label) {
			opts = append(opts, o.Label+"="+o.Value)
		}
	}
	facts = append(facts, fact{Label: "Options", Value: strings.Join(opts, ", ")})
	return slices.DeleteFunc(facts, func(f fact) bool { return f.Value == "" })
}

// hostOf returns the host and port of a URL, without anything that could be a secret.
func hostOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Host
}

// lastPart returns the last part of a file's name on any system.
func lastPart(name string) string {
	if name == "" {
		return ""
	}
	return path.Base(strings.ReplaceAll(name, `\`, "/"))
}

// public is s, escaped for markdown, without the folders of file names and without all of a URL but its host.
func public(s string) string { return markdown(discreet(s)) }
