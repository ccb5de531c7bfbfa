package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/promptmill/promptmill/convert/hub"
)

// verified is what pull --verify --json prints.
type verified struct {
	Repo   string         `json:"repo"`
	Commit string         `json:"commit"`
	Config string         `json:"config"`
	Splits []string       `json:"splits"`
	OK     int            `json:"ok"`
	Bad    int            `json:"bad"`
	Files  []verifiedFile `json:"files"`
}

type verifiedFile struct {
	Path     string     `json:"path"`
	RepoPath string     `json:"repo_path"`
	Size     int64      `json:"size"`
	Status   hub.Status `json:"status"`
	Got      string     `json:"got,omitempty"`
	Want     string     `json:"want,omitempty"`
	MovedTo  string     `json:"moved_to,omitempty"`
	InPlace  string     `json:"in_place,omitempty"`
	Commit   string     `json:"commit,omitempty"`
}

// verify hashes what the cache, or the folder, has of the selection: a line for each file that is not as it should be, and a summary.
func (p *puller) verify(ctx context.Context) error {
	d, err := p.selected(ctx)
	if err != nil {
		return err
	}
	verdicts, err := p.hash(ctx, d)
	if err != nil {
		if errors.Is(err, errInterrupted) {
			err = withCode(exitPart, fmt.Errorf("interrupted before all files were read; nothing is wrong with those that were"))
		}
		return err
	}
	stay := false
	out := verified{Repo: d.Ref.Repo, Commit: d.Commit, Config: d.Ref.Config, Splits: splitNames(d), Files: []verifiedFile{}}
	for _, v := range verdicts {
		out.Files = append(out.Files, verifiedFile{v.Path, v.File.Path, v.File.Size, v.Status, v.Got, v.Want, v.MovedTo, v.InPlace, v.Commit})
		if v.Status == hub.StatusOK {
			out.OK++
			continue
		}
		out.Bad++
		stay = stay || v.InPlace != ""
		if !p.json {
			if _, err := fmt.Fprintln(p.stdout, printable(verdictLine(v))); err != nil {
				return err
			}
		}
	}
	if p.json {
		if err := p.printJSON(out); err != nil {
			return err
		}
	}
	if out.Bad > 0 {
		advice := "run pull again to fetch them"
		if stay {
			advice = "remove the wrong ones, then " + advice
		}
		return withCode(exitInput, fmt.Errorf("%s: %d of %s wrong or missing; %s",
			describePart(d), out.Bad, counted(len(verdicts), "file"), advice))
	}
	p.logf("%s: %s, %s: every hash is right", describePart(d), counted(out.OK, "file"), byteSize(d.Size()))
	return nil
}

func (p *puller) hash(ctx context.Context, d *hub.Dataset) ([]hub.Verdict, error) {
	if p.dir != "" {
		return p.client.VerifyFolder(ctx, d, p.dir)
	}
	return p.client.Verify(ctx, d)
}

func verdictLine(v hub.Verdict) string {
	s := fmt.Sprintf("%s  %s", v.Status, shown(v.File.Path))
	switch v.Status {
	case hub.StatusWrong:
		s += fmt.Sprintf("  expected %s, has %s", v.Want, v.Got)
		switch {
		case v.MovedTo != "":
			s += "; moved to " + v.MovedTo
		case v.Commit != "":
			s += fmt.Sprintf("; it is the file of commit %.12s", v.Commit)
		case v.InPlace != "":
			s += "; still at " + v.InPlace + ", which only its owner may be able to remove"
		}
	case hub.StatusUnknown:
		s += "  nothing says what its bytes should be; pull again while online"
	}
	return s
}
