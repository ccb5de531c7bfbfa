package split

import (
	"fmt"
	"regexp"
	"strconv"

	"github.com/promptmill/promptmill/convert/hub/internal/glob"
)

// shardOf finds the number of a shard and how many there are in a name like train-00003-of-00010.parquet.
var shardOf = regexp.MustCompile(`^(.*-)([0-9]{5})(-of-)([0-9]{5})(.*)$`)

// MissingShard returns the name of a file that the split called name of config c must have and files do not, judged by
// the numbers in their names: train-00000-of-00002.parquet tells that there is another. What no pattern of the split
// selects is not missing. It returns "" when nothing tells.
func (l *Layout) MissingShard(c Config, name string, files []string) string {
	var patterns []glob.Pattern
	for _, s := range c.from.splits {
		for _, g := range s.globs {
			if p, err := glob.Compile(c.from.dir, g); err == nil && s.name == name {
				patterns = append(patterns, p)
			}
		}
	}
	there := map[string]bool{} // by all but what follows the numbers, which can be a hash
	for _, f := range files {
		if m := shardOf.FindStringSubmatch(f); m != nil {
			there[m[1]+m[2]+m[3]+m[4]] = true
		}
	}
	seen := map[string]bool{} // sets of shards
	for _, f := range files {
		m := shardOf.FindStringSubmatch(f)
		if m == nil || seen[m[1]+m[4]] {
			continue
		}
		seen[m[1]+m[4]] = true
		total, _ := strconv.Atoi(m[4]) // five digits
		for i := range total {
			shard := fmt.Sprintf("%s%05d%s%s", m[1], i, m[3], m[4])
			if !there[shard] && selects(patterns, shard+m[5]) {
				return shard + m[5]
			}
		}
	}
	return ""
}

func selects(patterns []glob.Pattern, file string) bool {
	for i := range patterns {
		if patterns[i].Match(file) {
			return true
		}
	}
	return false
}
