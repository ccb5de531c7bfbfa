package hubtest

import "slices"

// hostileNames try to leave the folder of a dataset, to hide, or to confuse whoever prints them.
var hostileNames = []string{
	"../escape.parquet", "../../../../escape.parquet", "data/../../escape.parquet", "/tmp/escape.parquet", "./escape.parquet",
	"data//escape.parquet", `..\escape.parquet`, `C:\escape.parquet`, `\\host\share\escape.parquet`, ".git/hooks/post-checkout",
	"data/escape\x00.parquet", "data/escape\n.parquet", "data/\x1b[2Jescape.parquet", "data/escape\u202eteuqrap.exe", "..", "",
}

// Hostile is for the Items of [Options]: it adds files to a listing whose names try to leave the folder of the dataset.
// They have the hash and the size of the first file, and nothing is served below their names.
func Hostile(_ string, items []Item) []Item {
	first := slices.IndexFunc(items, func(it Item) bool { return it.Type == "file" })
	if first < 0 {
		return items
	}
	out := slices.Clone(items)
	for _, name := range hostileNames {
		it := items[first]
		it.Path = name
		out = append(out, it)
	}
	return out
}
