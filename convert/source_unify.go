package convert

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/promptmill/promptmill/convert/dataset"
	"github.com/promptmill/promptmill/convert/mapping"
)

// unified is what the files of a source have in common.
type unified struct {
	looking looking
	short   bool             // of some file only the start was looked at
	names   []string         // of the files that were looked at
	schemas []dataset.Schema // of the same
	own     map[string]int   // index of each by its key
	schema  dataset.Schema
	unlike  map[string]int // columns that no type holds, with the first file that differs from those before
	tables  map[string]dataset.Table
	rows    int64 // in the files that were opened
	checked bool  // the mapping of all
	opened  int   // how many of them were
}

// unify looks at the files of src, where there are several: their columns are then those of all of them. A file that cannot
// be opened is an error when its turn comes. The caller closes what is returned.
func unify(ctx context.Context, src Source, l looking) (*unified, []string, error) {
	u := &unified{looking: l, own: map[string]int{}, tables: map[string]dataset.Table{}}
	if len(src.Files) < 2 {
		return u, nil, nil
	}
	for i, t := range look(ctx, src.Files, l) {
		if t != nil {
			u.add(src.Files[i], t)
		}
	}
	if ctx.Err() != nil {
		u.close()
		return nil, nil, context.Cause(ctx)
	}
	var widened []dataset.Widened
	u.schema, widened, u.unlike = dataset.Unify(u.schemas)
	return u, append(u.notices(widened), u.namedClasses()...), nil
}

// add takes over a table, and keeps it open where opening it again would cost more than memory.
func (u *unified) add(f SourceFile, t dataset.Table) {
	u.own[f.key()] = len(u.names)
	u.count(t)
	u.names, u.schemas = append(u.names, f.name()), append(u.schemas, t.Schema())
	u.short = u.short || t.Facts().Looked > 0
	_, twice := u.tables[f.key()]
	cheap := t.Facts().Format == dataset.Parquet && (!f.remote() || len(u.tables) >= keptOpen)
	if twice || cheap {
		t.Close() // it was only read
		return
	}
	u.tables[f.key()] = t
}

// count counts the rows of a file that was opened.
func (u *unified) count(t dataset.Table) {
	u.rows += t.NumRows()
	u.opened++
}

// close closes the files whose turn did not come.
func (u *unified) close() {
	for _, t := range u.tables {
		t.Close() // it was only read
	}
	clear(u.tables)
}

// table opens a file with the columns of all.
func (u *unified) table(ctx context.Context, src SourceFile) (dataset.Table, error) {
	t, ok := u.tables[src.key()]
	delete(u.tables, src.key()) // whoever asked closes it
	if !ok {
		var err error
		if t, err = src.open(ctx, u.looking); err != nil {
			return nil, err
		}
		u.short = u.short || t.Facts().Looked > 0
	}
	if _, known := u.own[src.key()]; !known {
		u.count(t)
		return t, nil // its columns are in no schema but its own
	}
	return dataset.Cast(t, u.schema), nil
}

// check refuses a mapping that does not fit the files: where all of them are wanted, before the rows of the first are read.
func (u *unified) check(m *mapping.Mapping, o mapping.Options, src SourceFile) error {
	if u.looking.rows > 0 {
		if i, known := u.own[src.key()]; known {
			return u.checkFile(m, o, i)
		}
		return nil
	}
	if u.checked {
		return nil
	}
	u.checked = true
	for i := range u.names {
		if err := u.checkFile(m, o, i); err != nil {
			return err
		}
	}
	return nil
}

// checkFile refuses a mapping that reads columns which no type holds, and a file that has none of the columns of the prompt.
func (u *unified) checkFile(m *mapping.Mapping, o mapping.Options, i int) error {
	for _, c := range m.Columns() {
		if i, bad := u.unlike[c]; bad {
			return fmt.Errorf("%w: column %s is a %s in %s, but a %s in %s, and no type holds both", ErrDrift,
				short(c), u.typeIn(c, u.first(c)), printable(u.names[u.first(c)]), u.typeIn(c, i), printable(u.names[i]))
		}
	}
	o.PromptOnly = true
	asked, err := mapping.Choose(u.schema, o)
	if err != nil {
		return err
	}
	own := u.schemas[i]
	has := func(s dataset.Schema) bool {
		return slices.ContainsFunc(asked.Columns(), func(c string) bool { _, ok := s.Counterpart(u.schema, c); return ok })
	}
	if has(own) {
		return nil
	}
	return fmt.Errorf("%w: %s maps as %s, but %s has none of these columns: it has %s; name the columns with --prompt-column and --expected-column",
		ErrDrift, printable(u.names[max(0, slices.IndexFunc(u.schemas, has))]), m, printable(u.names[i]), printable(own.String()))
}

// first returns the first file that has the column.
func (u *unified) first(column string) int {
	for i := range u.names {
		if _, ok := u.schemas[i].Counterpart(u.schema, column); ok {
			return i
		}
	}
	return 0
}

func (u *unified) typeIn(column string, file int) string {
	f, _ := u.schemas[file].Counterpart(u.schema, column)
	return shortType(f.Type)
}

// notices says aloud what the files do not have in common: a line for each column.
func (u *unified) notices(widened []dataset.Widened) (list []string) {
	const most = 12
	said := map[string]bool{}
	for _, w := range widened {
		key := fmt.Sprint(w.Column, w.Lacks || w.Missing)
		if said[key] {
			continue
		}
		said[key] = true
		switch {
		case w.Lacks:
			list = append(list, fmt.Sprintf("%s has no column %s: it is null there", printable(u.names[w.File]), short(w.Column)))
		case w.Missing:
			list = append(list, fmt.Sprintf("%s has no column %s: it is null there", printable(u.names[0]), short(w.Column)))
		default:
			list = append(list, fmt.Sprintf("column %s is a %s, but a %s in %s: read as %s", short(w.Column), shortType(w.From),
				shortType(w.With), printable(u.names[w.File]), shortType(w.To)))
		}
	}
	if more := len(list) - most; more > 0 {
		list = append(list[:most], fmt.Sprintf("and %d more differences between the files", more))
	}
	return list
}

// namedClasses says which files have numbers for classes that only others name.
func (u *unified) namedClasses() (list []string) {
	for _, f := range u.schema.Fields {
		if u.schema.Labels[f.Name] == nil {
			continue
		}
		for i, s := range u.schemas {
			if own, ok := s.Counterpart(u.schema, f.Name); ok && own.Kind == dataset.Int && f.Kind == dataset.Int && s.Labels[own.Name] == nil {
				list = append(list, fmt.Sprintf("the classes of column %s have no names in %s, and those of the other files in what is made of it",
					short(f.Name), printable(u.names[i])))
				break
			}
		}
	}
	return list
}

// shortType is the start of a type, which names fields of the file.
func shortType(t string) string {
	start, more := cut(t)
	return printable(strings.TrimSpace(start)) + more
}
