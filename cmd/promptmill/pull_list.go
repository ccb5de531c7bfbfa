package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/promptmill/promptmill/convert/hub"
)

// How pull --list counts rows: from the footers of the files, which are read where they are, unless there are so many
// that the card has to do: each footer is a request or more.
const (
	maxCounted    = 50
	footersAtOnce = 8
)

// listed is what pull --list --json prints.
type listed struct {
	Repo     string         `json:"repo"`
	Revision string         `json:"revision"`
	Commit   string         `json:"commit"`
	Exported bool           `json:"exported"`
	Configs  []listedConfig `json:"configs"`
}

type listedConfig struct {
	Config  string        `json:"config"`
	Default bool          `json:"default"`
	Splits  []listedSplit `json:"splits"`
	Problem string        `json:"problem,omitempty"`
}

type listedSplit struct {
	Split    string       `json:"split"`
	Rows     *int64       `json:"rows"`        // null when unknown
	RowsFrom string       `json:"rows_source"` // "footer", "card" or ""
	Bytes    int64        `json:"bytes"`
	Partial  bool         `json:"partial"`
	Files    []listedFile `json:"files"`
}

type listedFile struct {
	Path   string `json:"path"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"` // "" for a file outside of the large-file storage
}

// list prints what there is, without downloading data.
func (p *puller) list(ctx context.Context) error {
	if len(p.sel.Include) > 0 {
		return p.listFiles(ctx)
	}
	catalog, err := p.client.Catalog(ctx, p.sel.Ref)
	if err != nil {
		return p.stopped(err)
	}
	rows := p.countRows(ctx, catalog)
	if err := ctx.Err(); err != nil {
		return withCode(exitPart, fmt.Errorf("interrupted while counting rows"))
	}
	out := describeCatalog(catalog, rows)
	if p.json {
		return p.printJSON(out)
	}
	_, err = fmt.Fprint(p.stdout, out.table())
	return err
}

// countRows reads the footers of all files, several at once. What it cannot read is left out.
func (p *puller) countRows(ctx context.Context, c *hub.Catalog) map[string]int64 {
	files := c.Files()
	if len(files) > maxCounted {
		p.logf("%d files: rows are those that the card declares; they are counted for at most %d files, as of one config or split", len(files), maxCounted)
		return nil
	}
	d := c.Dataset()
	counts := make([]int64, len(files))
	var g errgroup.Group
	g.SetLimit(footersAtOnce)
	for i, f := range files {
		counts[i] = -1
		g.Go(func() error {
			n, err := p.rowsOf(ctx, d, f)
			if err == nil {
				counts[i] = n
			} else if ctx.Err() == nil {
				p.logf("%s: rows unknown: %v", shown(f.Path), err)
			}
			return nil
		})
	}
	_ = g.Wait() // none fails
	out := map[string]int64{}
	for i, f := range files {
		if counts[i] >= 0 {
			out[f.Path] = counts[i]
		}
	}
	return out
}

// rowsOf reads the footer of a file, from the cache or by range.
func (p *puller) rowsOf(ctx context.Context, d *hub.Dataset, f hub.File) (int64, error) {
	r := hubReader{client: p.client, dataset: d}
	file, err := r.open(ctx, f)
	if err != nil {
		return 0, err
	}
	rows := file.NumRows()
	return rows, file.Close()
}

func describeCatalog(c *hub.Catalog, rows map[string]int64) listed {
	out := listed{Repo: c.Ref.Repo, Revision: c.Ref.Revision, Commit: c.Commit, Exported: c.Exported, Configs: []listedConfig{}}
	for _, cfg := range c.Configs {
		lc := listedConfig{Config: cfg.Name, Default: cfg.Default, Problem: cfg.Problem, Splits: []listedSplit{}}
		for _, s := range cfg.Splits {
			lc.Splits = append(lc.Splits, describeSplit(s, rows))
		}
		out.Configs = append(out.Configs, lc)
	}
	return out
}

func describeSplit(s hub.Split, rows map[string]int64) listedSplit {
	out := listedSplit{Split: s.Name, Bytes: s.Size(), Partial: s.Partial, Files: []listedFile{}}
	var sum int64
	all := true
	for _, f := range s.Files {
		out.Files = append(out.Files, listedFile{f.Path, f.Size, f.SHA256})
		n, known := rows[f.Path]
		sum, all = sum+n, all && known
	}
	switch {
	case all:
		out.Rows, out.RowsFrom = &sum, "footer"
	case s.Rows >= 0:
		out.Rows, out.RowsFrom = &s.Rows, "card"
	}
	return out
}

// table is the listing for people.
func (l listed) table() string {
	rows := [][]string{{"config", "split", "files", "rows", "size", ""}}
	for _, c := range l.Configs {
		name := cell(c.Config)
		if c.Default {
			name += " *"
		}
		if c.Problem != "" {
			rows = append(rows, []string{name, "-", "", "", "", cell(c.Problem)})
		}
		for _, s := range c.Splits {
			rows = append(rows, []string{name, cell(s.Split), strconv.Itoa(len(s.Files)), s.rowsText(), byteSize(s.Bytes), s.note()})
		}
	}
	head := fmt.Sprintf("%s@%s at %s\n", l.Repo, shown(l.Revision), l.Commit)
	return head + alignCells(rows, 2) + "* the default config\n"
}

func (s listedSplit) rowsText() string {
	switch {
	case s.Rows == nil:
		return "?"
	case s.RowsFrom == "card":
		return fmt.Sprintf("%d declared", *s.Rows)
	}
	return strconv.FormatInt(*s.Rows, 10)
}

func (s listedSplit) note() string {
	switch {
	case len(s.Files) == 0:
		return "no parquet"
	case s.Partial:
		return "PARTIAL: only the start of the split"
	}
	return ""
}

// cell is a foreign name in a table.
func cell(s string) string { return cutLine(s, 60) }

// alignCells makes columns: so many of them to the left, then numbers to the right, then a remark.
func alignCells(rows [][]string, left int) string {
	widths := make([]int, len(rows[0]))
	for _, r := range rows {
		for i, c := range r {
			widths[i] = max(widths[i], cells.StringWidth(c))
		}
	}
	var b strings.Builder
	for _, r := range rows {
		var line strings.Builder
		for i, c := range r {
			pad := strings.Repeat(" ", widths[i]-cells.StringWidth(c))
			if i >= left && i < len(r)-1 {
				c, pad = pad+c, ""
			}
			line.WriteString(c + pad + "  ")
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return b.String()
}
