package dataset

import "bytes"

// EnoughToTell is how many bytes of a stream [Plausible] looks at.
const EnoughToTell = 512

// Plausible refuses a stream that is in none of the formats before more of it is read: it may have no end. What head, its
// first [EnoughToTell] bytes, does not rule out is for [OpenTable] to judge, and so is a stream that is not as long. Errors
// are as those of [Open].
func Plausible(name string, head []byte) error {
	utf16 := bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff"))
	if len(head) < EnoughToTell || utf16 || compressionOf(head) != "" || formatOfContent(head, "") != "" || isText(head) {
		return nil
	}
	return unreadable(name, "this is data in none of the formats: parquet, JSONL, JSON, CSV, TSV, text, Arrow IPC, alone or in gzip or zstd")
}
