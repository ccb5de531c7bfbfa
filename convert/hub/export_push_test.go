package hub

import "encoding/json"

// PartLinks is what an upload action of a Hub means for a file of total bytes: the bytes of a part, or 0 for one
// piece, and the links of the parts.
func PartLinks(action []byte, total int64) (size int64, links []string, err error) {
	var a lfsAction
	if err := json.Unmarshal(action, &a); err != nil {
		return 0, nil, err
	}
	if size, err = a.partSize(); err != nil || size == 0 {
		return 0, nil, err
	}
	links, err = a.partLinks(total, size)
	return size, links, err
}
