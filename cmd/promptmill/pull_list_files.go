package main

import (
	"context"
	"fmt"

	"github.com/promptmill/promptmill/convert/hub"
)

// listedFiles is what pull --list --include --json prints.
type listedFiles struct {
	Repo     string       `json:"repo"`
	Revision string       `json:"revision"`
	Commit   string       `json:"commit"`
	Config   string       `json:"config"`
	Splits   []string     `json:"splits"`
	Exported bool         `json:"exported"`
	Bytes    int64        `json:"bytes"`
	Files    []listedFile `json:"files"`
}

// listFiles prints the files that the patterns take, without downloading them.
func (p *puller) listFiles(ctx context.Context) error {
	d, err := p.client.Select(ctx, p.sel)
	if err != nil {
		return p.stopped(err)
	}
	if p.json {
		return p.printJSON(describeFiles(d))
	}
	_, err = fmt.Fprint(p.stdout, filesTable(d))
	return err
}

func describeFiles(d *hub.Dataset) listedFiles {
	out := listedFiles{
		Repo: d.Ref.Repo, Revision: d.Ref.Revision, Commit: d.Commit, Config: d.Ref.Config, Splits: splitNames(d),
		Exported: d.Exported, Bytes: d.Size(), Files: []listedFile{},
	}
	for _, f := range d.Files {
		out.Files = append(out.Files, listedFile{f.Path, f.Size, f.SHA256})
	}
	return out
}

// filesTable is the listing for people, the total last. No path is cut: it is what --include can name.
func filesTable(d *hub.Dataset) string {
	rows := [][]string{{"size", "file"}}
	for _, f := range d.Files {
		rows = append(rows, []string{byteSize(f.Size), quotedName(f.Path)})
	}
	rows = append(rows, []string{byteSize(d.Size()), "in " + counted(len(d.Files), "file")})
	return fmt.Sprintf("%s@%s at %s\n", d.Ref.Repo, shown(d.Ref.Revision), d.Commit) + alignCells(rows, 0)
}
