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
}

// verify hashes what the cache has of the selection: a line for each file that is not as it should be, and a summary.
func (p *puller) verify(ctx context.Context) error {
	d, err := p.client.Select(ctx, p.sel)
	if err != nil {
		return err
	}
	verdicts, err := p.client.Verify(ctx, d)
	if err != nil {
		if errors.Is(err, errInterrupted) {
			err = withCode(exitPart, fmt.Errorf("interrupted before all files were read; nothing is wrong with those that were"))
		}
		return err
	}
	out := verified{Repo: d.Ref.Repo, Commit: d.Commit, Config: d.Ref.Config, Splits: splitNames(d), Files: []verifiedFile{}}
	for _, v := range verdicts {
		out.Files = append(out.Files, verifiedFile{v.Path, v.File.Path, v.File.Size, v.Status, v.Got, v.Want, v.MovedTo})
		if v.Status == hub.StatusOK {
			out.OK++
			continue
		}
		out.Bad++
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
		return withCode(exitInput, fmt.Errorf("%s: %d of %d files are not as they should be; run pull again to fetch them",
			describePart(d), out.Bad, len(verdicts)))
	}
	p.logf("%s: %d files, %s: every hash is right", describePart(d), out.OK, byteSize(d.Size()))
	return nil
}

func verdictLine(v hub.Verdict) string {
	s := fmt.Sprintf("%s  %s", v.Status, shown(v.File.Path))
	switch v.Status {
	case hub.StatusWrong:
		s += fmt.Sprintf("  expected %s, has %s", v.Want, v.Got)
		if v.MovedTo != "" {
			s += "; moved to " + v.MovedTo
		}
	case hub.StatusUnknown:
		s += "  nothing says what its bytes should be; pull again while online"
	}
	return s
}
