package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"text/tabwriter"

	"github.com/promptmill/promptmill/convert/hub"
)

// pullPlan is what pull --dry-run --json prints.
type pullPlan struct {
	Repo     string         `json:"repo"`
	Commit   string         `json:"commit"`
	Size     int64          `json:"size"`
	Download int64          `json:"download"` // bytes that are missing
	Files    []pullPlanFile `json:"files"`
}

type pullPlanFile struct {
	RepoPath string `json:"repo_path"`
	Size     int64  `json:"size"`
	Here     bool   `json:"here"`
}

// plan says which files a pull would fetch. What a stopped download has left of a file counts as missing.
func (p *puller) plan(ctx context.Context) error {
	d, err := p.selected(ctx)
	if err != nil {
		return err
	}
	out := pullPlan{Repo: d.Ref.Repo, Commit: d.Commit, Size: d.Size(), Files: []pullPlanFile{}}
	missing := 0
	for _, f := range d.Files {
		here := p.has(d, f)
		out.Files = append(out.Files, pullPlanFile{f.Path, f.Size, here})
		if !here {
			out.Download += f.Size
			missing++
		}
	}
	if p.json {
		return p.printJSON(out)
	}
	table := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	for _, f := range out.Files {
		state := "fetch"
		if f.Here {
			state = "here"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\n", state, byteSize(f.Size), printable(f.RepoPath))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "%s: %s, %s; %s, %s to fetch. Nothing was fetched.\n", printable(describePart(d)),
		counted(len(out.Files), "file"), byteSize(out.Size), counted(missing, "file"), byteSize(out.Download))
	return err
}

// has reports whether a file is in the cache, or in the folder with its size.
func (p *puller) has(d *hub.Dataset, f hub.File) bool {
	if p.dir == "" {
		_, ok := p.client.Cached(d, f)
		return ok
	}
	info, err := fs.Stat(os.DirFS(p.dir), f.Path)
	return err == nil && info.Size() == f.Size
}
