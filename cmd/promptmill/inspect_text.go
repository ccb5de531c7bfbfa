package main

import (
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"
)

// maxShown is how many names or configs a line shows before it only counts.
const maxShown = 12

// text is the inspection for people.
func (r inspection) text() string {
	var b strings.Builder
	if r.Dataset != nil {
		r.dataset(&b)
	}
	for i, f := range r.Files {
		if f.Columns == nil && f.Mapping == nil {
			continue
		}
		if i > 0 || r.Dataset != nil {
			b.WriteString("\n")
		}
		f.text(&b)
	}
	if r.Dataset == nil && len(r.Files) > 1 {
		fmt.Fprintf(&b, "\ntotal: %s\n", r.Total)
	}
	return b.String()
}

// dataset writes what the Hub says, with the rows of the files that were opened.
func (r inspection) dataset(b *strings.Builder) {
	d := r.Dataset
	fmt.Fprintf(b, "%s@%s at %s, config %s, split %s\n", d.Repo, shown(d.Revision), d.Commit, shown(d.Config), shown(d.Split))
	for i, c := range d.Configs {
		if i == maxShown {
			fmt.Fprintf(b, "  and %d more configs\n", len(d.Configs)-i)
			break
		}
		mark := ""
		if c.Default {
			mark = " (default)"
		}
		fmt.Fprintf(b, "  config %s%s: %s\n", shown(c.Name), mark, shownList(c.Splits))
	}
	fmt.Fprintf(b, "%s\n", r.Total)
	for i, f := range d.Files {
		if i >= len(r.Files) && i >= maxShown {
			fmt.Fprintf(b, "  and %d more\n", len(d.Files)-i)
			break
		}
		fmt.Fprintf(b, "  %s  %s", shown(f.Name), byteSize(f.Bytes))
		if i < len(r.Files) {
			fmt.Fprintf(b, "  %s", counted(r.Files[i].Rows, "row"))
		}
		b.WriteString("\n")
	}
}

// String is the total for people.
func (t totalInfo) String() string {
	text := counted(t.Files, "file") + ", " + byteSize(t.Bytes)
	if t.Rows != nil {
		text += ", " + counted(*t.Rows, "row")
	}
	return text
}

func (f *fileInfo) text(b *strings.Builder) {
	var compressed, plain int64
	for _, g := range f.RowGroups {
		compressed += g.Compressed
		plain += g.Uncompressed
	}
	if f.Footer == nil {
		f.plain(b)
		return
	}
	fmt.Fprintf(b, "%s: %s, %s\n", shown(f.Name), f.Format, byteSize(f.Bytes))
	fmt.Fprintf(b, "%s in %s, %s of columns (%s uncompressed), %s of metadata\n",
		counted(f.Rows, "row"), counted(len(f.RowGroups), "row group"), byteSize(compressed), byteSize(plain), byteSize(*f.Footer))
	if f.Creator != "" {
		fmt.Fprintf(b, "written by %s\n", shown(f.Creator))
	}
	if len(f.Keys) > 0 {
		fmt.Fprintf(b, "metadata keys: %s\n", shownList(f.Keys))
	}
	f.columns(b)
	f.Mapping.text(b)
}

// plain is text for a file that does not say how it stores its columns.
func (f *fileInfo) plain(b *strings.Builder) {
	packed := ""
	if f.Packed != "" {
		packed = " in " + f.Packed
	}
	fmt.Fprintf(b, "%s: %s%s, %s\n%s\n", shown(f.Name), f.Format, packed, byteSize(f.Bytes), counted(f.Rows, "row"))
	for _, n := range f.Notices {
		fmt.Fprintf(b, "  %s\n", n)
	}
	b.WriteString("\n")
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "column\ttype\tfirst value")
	for _, c := range f.Columns {
		fmt.Fprintf(w, "%s\t%s\t%s\n", shown(c.Name), shown(c.Type), c.sample())
	}
	_ = w.Flush() // to memory
	b.WriteString("\n")
	f.Mapping.text(b)
}

// sample is the first value, and the classes where a column has them.
func (c columnInfo) sample() string {
	if len(c.Labels) == 0 {
		return c.Sample
	}
	return strings.TrimSpace(c.Sample + "  of the classes " + shownList(c.Labels))
}

func (f *fileInfo) columns(b *strings.Builder) {
	b.WriteString("\n")
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "column\ttype\tcodec\tbytes\tnulls\tfirst value")
	for _, c := range f.Columns {
		nulls := "?"
		if c.Nulls != nil {
			nulls = strconv.FormatInt(*c.Nulls, 10)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", shown(c.Name), shown(c.Type), strings.Join(c.Codecs, ", "), byteSize(c.Compressed), nulls, c.sample())
	}
	_ = w.Flush() // to memory
	b.WriteString("\n")
}

func (m *mappingInfo) text(b *strings.Builder) {
	if m.None != "" {
		fmt.Fprintf(b, "convert: %s\n", m.None)
	} else {
		fmt.Fprintf(b, "convert: %s\n", m.line)
	}
	for _, n := range m.Notices {
		fmt.Fprintf(b, "  %s\n", n)
	}
}

// shown is a foreign name as one short word for a terminal: quoted when not every rune of it can be printed.
func shown(name string) string {
	const most = 100
	if r := []rune(name); len(r) > most {
		name = string(r[:most]) + "..."
	}
	if name == "" {
		return `""`
	}
	return quotedName(name)
}

// shownList shows the first of many names.
func shownList(names []string) string {
	var b strings.Builder
	for i, n := range names {
		if i == maxShown {
			fmt.Fprintf(&b, " and %d more", len(names)-i)
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(shown(n))
	}
	return b.String()
}

// counted is a number of things.
func counted[N int | int64](n N, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return fmt.Sprintf("%d %s", n, thing)
}
