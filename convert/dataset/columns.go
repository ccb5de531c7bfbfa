package dataset

import (
	"fmt"
	"slices"
)

// columnsNamed returns those of the columns of a file that have one of the names, each once, in the order of the names; nil
// names all of them.
func columnsNamed(all []*node, names []string, file string, schema *Schema) ([]*node, error) {
	if names == nil {
		return all, nil
	}
	var columns []*node
	for _, name := range names {
		i := slices.IndexFunc(all, func(n *node) bool { return n.field.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("%s: %w: %q; the file has %s", file, ErrNoColumn, name, schema.brief())
		}
		if !slices.Contains(columns, all[i]) {
			columns = append(columns, all[i])
		}
	}
	return columns, nil
}
