package dataset

import "strconv"

// apart gives each of the columns, or fields of a struct, a name of its own, so that rows can be asked for each of them.
// The new names are those that DuckDB gives.
func apart(nodes []*node) {
	taken := make(map[string]bool, len(nodes))
	var again []*node
	for _, n := range nodes {
		if taken[n.field.Name] {
			again = append(again, n)
		}
		taken[n.field.Name] = true
	}
	count := make(map[string]int)
	for _, n := range again {
		name := n.field.Name
		for taken[n.field.Name] {
			count[name]++
			n.field.Name = name + "_" + strconv.Itoa(count[name])
		}
		taken[n.field.Name] = true
		n.field.Renamed, n.field.Original = true, name
	}
}
