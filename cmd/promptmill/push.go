package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/bench/metrics"
	"github.com/promptmill/promptmill/bench/report"
	"github.com/promptmill/promptmill/bench/results"
	"github.com/promptmill/promptmill/convert/hub"
)

// cardName is the file that the Hub shows as the page of a dataset.
const cardName = "README.md"

func (a *app) pushCommand() *cli.Command {
	return &cli.Command{
		Name:      "push",
		Usage:     "upload results to the Hub as a dataset, with a card that shows them",
		ArgsUsage: "RESULTS.parquet... hf://datasets/ORG/NAME[@BRANCH]",
		Description: `Examples:
  promptmill push results.parquet hf://datasets/me/llm-results --dry-run    what would be sent, and the card
  promptmill push results.parquet hf://datasets/me/llm-results --private

Makes the dataset if there is none. HF_TOKEN has to be a token that may write. Text of yours in the card stays,
and what the dataset has is found as before: where that cannot be, nothing is pushed.
The card names no folder and of the server only the host. The results file itself goes as it is: with the server's URL,
file names and, after bench --keep-text, the answers. What it says is printed first.`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "message", Aliases: []string{"m"}, Usage: "first line of the commit: `TEXT`"},
			&cli.BoolFlag{Name: "private", Usage: "make a new dataset private; refuse one that is public"},
			&cli.StringFlag{Name: "revision", Usage: "`BRANCH` to push to; made if there is none (default: main)"},
			&cli.BoolFlag{Name: "create-pr", Usage: "propose the change in a pull request"},
			&cli.BoolFlag{Name: "dry-run", Usage: "print what would be sent, and the card; change nothing"},
			&cli.BoolFlag{Name: "json", Usage: "print the outcome as JSON"},
			&cli.BoolFlag{Name: "no-progress", Usage: "no progress line; also HF_HUB_DISABLE_PROGRESS_BARS=1"},
			&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Usage: "no notices, and no URL on stdout"},
		},
		Action: a.push,
	}
}

func (a *app) push(c *cli.Context) error {
	p, card, err := planPush(c)
	if err != nil {
		return err
	}
	cfg := a.hubConfig()
	if !c.Bool("quiet") {
		cfg.Logf = a.logf
		a.tellOfDisclosure(card.files)
	}
	client, err := hub.New(cfg)
	if err != nil {
		return withCode(exitUsage, err)
	}
	defer client.CloseIdle()
	bar := newDownload("upload to " + p.Ref.Repo)
	p.Progress = func(sent, total int64) {
		bar.update(hub.Progress{TotalFiles: 1, Bytes: sent, TotalBytes: total})
	}
	line := a.startProgress(c.Bool("no-progress") || cfg.NoProgress || c.Bool("quiet"), func(columns int) string {
		if bar.progress().TotalBytes == 0 {
			return "asking about " + p.Ref.Repo
		}
		return bar.text(columns)
	})
	done, err := client.Push(c.Context, p)
	line.close()
	if errors.Is(err, hub.ErrPush) {
		return withCode(exitUsage, err)
	}
	if err != nil {
		return err
	}
	if !c.Bool("quiet") {
		for _, n := range card.notices {
			a.logf("%s", n)
		}
	}
	return a.tellOfPush(c, done)
}

// planPush reads the command line and the results files, all of them.
func planPush(c *cli.Context) (hub.Push, *resultsCard, error) {
	args := c.Args().Slice()
	if len(args) < 2 || !strings.HasPrefix(args[len(args)-1], hubScheme) {
		return hub.Push{}, nil, usagef("push takes results files and then hf://datasets/ORG/NAME (see promptmill push --help)")
	}
	ref, err := hubRef(c, args[len(args)-1])
	if err != nil {
		return hub.Push{}, nil, err
	}
	p := hub.Push{Ref: ref, Message: c.String("message"), Private: c.Bool("private"), AsPR: c.Bool("create-pr"), DryRun: c.Bool("dry-run"), KeepConfigs: true}
	card := &resultsCard{repo: ref.Repo}
	for _, path := range args[:len(args)-1] {
		if strings.HasPrefix(path, hubScheme) {
			return hub.Push{}, nil, usagef("push %s: one dataset at a time, and it comes last: before it are results files on this machine", path)
		}
		f, err := readForCard(path)
		if err != nil {
			return hub.Push{}, nil, err
		}
		card.files = append(card.files, f)
		p.Files = append(p.Files, hub.Upload{RepoPath: f.Path, LocalPath: path})
	}
	if p.Message == "" {
		p.Message = "Add " + card.files[0].Path + " with promptmill"
	}
	p.Files = append(p.Files, hub.Upload{RepoPath: cardName, Merge: card.merge})
	return p, card, nil
}

// resultsCard makes the card of a dataset of results.
type resultsCard struct {
	repo    string
	files   []report.CardFile
	notices []string // of the last merge
}

func (r *resultsCard) merge(was hub.Before) (text []byte, err error) {
	base := report.CardBase{Repo: r.repo, Text: was.Content, Standalone: was.Standalone}
	for _, s := range was.Data {
		base.Data = append(base.Data, report.CardSplit{Name: s.Split, Paths: s.Paths})
	}
	text, r.notices = report.Card(base, r.files)
	return text, nil
}

// readForCard reads all of a results file, which proves that it is one and whole.
func readForCard(path string) (report.CardFile, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return report.CardFile{}, usagef("push %s: a folder: name the results files in it, such as %s", path, filepath.Join(path, "*.parquet"))
	}
	name := filepath.Base(path)
	odd := strings.ContainsAny(name, `*?[]{}\`) || !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl)
	if filepath.Ext(name) != ".parquet" || name == ".parquet" || odd {
		return report.CardFile{}, usagef("push %s: as the name of a data file on the Hub it has to end in .parquet and be without * ? [ ] { } \\ and control characters: rename it", path)
	}
	f, err := results.Open(path)
	if errors.Is(err, results.ErrNotResults) {
		return report.CardFile{}, fmt.Errorf("%w: push takes what promptmill bench writes; for other files use the hf command of huggingface_hub", err)
	}
	if err != nil {
		return report.CardFile{}, err
	}
	defer f.Close()
	if f.Partial {
		return report.CardFile{}, fmt.Errorf("%s: the run has not closed it: it was killed, or still lasts; push results that are complete", f.Name())
	}
	s, err := metrics.Summarize(&f.Run, f.Records())
	if err != nil {
		return report.CardFile{}, err
	}
	return report.CardFile{Path: name, Rows: f.NumRows(), Summary: s}, nil
}

// tellOfDisclosure says what strangers can read in the files themselves; the card leaves it out.
func (a *app) tellOfDisclosure(files []report.CardFile) {
	const most = 5
	for _, f := range files {
		said := report.Disclosed(&f.Summary.Run)
		if n := len(said) - most; n > 0 {
			said = append(said[:most], fmt.Sprintf("and %d more", n))
		}
		if len(said) > 0 {
			a.logf("%s goes as it is, and says: %s", f.Path, strings.Join(said, ", "))
		}
	}
}

// pushReport is what --json prints.
type pushReport struct {
	Repo        string           `json:"repo"`
	Revision    string           `json:"revision"`
	Commit      string           `json:"commit"`
	URL         string           `json:"url"`
	PullRequest string           `json:"pull_request,omitempty"`
	Created     bool             `json:"created"`
	DryRun      bool             `json:"dry_run"`
	Files       []pushReportFile `json:"files"`
	Card        string           `json:"card"`
}

type pushReportFile struct {
	Path    string `json:"path"`
	Size    int64  `json:"size"`
	SHA256  string `json:"sha256"`
	Changed bool   `json:"changed"`
	Sent    int64  `json:"sent"`
}

func (a *app) tellOfPush(c *cli.Context, done *hub.Pushed) error {
	dry := c.Bool("dry-run")
	if c.Bool("json") {
		return a.printPushed(done, dry)
	}
	if dry {
		return a.printPlan(done)
	}
	if c.Bool("quiet") {
		return nil
	}
	for _, f := range done.Files {
		a.logf("%s: %s", f.RepoPath, whatCame(f))
	}
	url := done.URL
	if done.PullRequest != "" {
		url = done.PullRequest
	}
	_, err := fmt.Fprintln(a.stdout, url)
	return err
}

// whatCame says in words what became of a file.
func whatCame(f hub.PushedFile) string {
	switch {
	case !f.Changed:
		return "unchanged"
	case f.Sent > 0:
		return fmt.Sprintf("%d bytes sent", f.Sent)
	}
	return fmt.Sprintf("%d bytes", f.Size)
}

func (a *app) printPushed(done *hub.Pushed, dry bool) error {
	r := pushReport{Repo: done.Repo, Revision: done.Revision, Commit: done.Commit, URL: done.URL, PullRequest: done.PullRequest, Created: done.Created, DryRun: dry}
	for _, f := range done.Files {
		r.Files = append(r.Files, pushReportFile{f.RepoPath, f.Size, f.SHA256, f.Changed, f.Sent})
		if f.RepoPath == cardName {
			r.Card = string(f.Content)
		}
	}
	return a.printJSON(r)
}

// printPlan is what --dry-run prints: the files, then the card.
func (a *app) printPlan(done *hub.Pushed) error {
	state := "exists"
	if done.Created {
		state = "would be made"
	}
	lines := []string{fmt.Sprintf("%s (%s), %s:", done.URL, state, done.Revision)}
	card := ""
	for _, f := range done.Files {
		line := fmt.Sprintf("  %s  %12d  %s", f.SHA256, f.Size, f.RepoPath)
		if !f.Changed {
			line += "  unchanged"
		}
		lines = append(lines, line)
		if f.RepoPath == cardName {
			card = string(f.Content)
		}
	}
	_, err := fmt.Fprintf(a.stdout, "%s\n\n%s", printable(strings.Join(lines, "\n")), printable(card))
	return err
}
