package hub_test

import (
	"testing"

	"github.com/promptmill/promptmill/convert/hub"
)

// Whatever a Hub answers: an upload in parts has as many links as there are parts, and they cover the file.
func FuzzPartLinks(f *testing.F) {
	f.Add([]byte(`{"href":"h","header":{"chunk_size":"10","00001":"a","00002":"b"}}`), int64(11))
	f.Add([]byte(`{"header":{"chunk_size":10,"1":"a","2":"b","x":1}}`), int64(20))
	f.Add([]byte(`{"header":{"chunk_size":1e300,"1":"a"}}`), int64(1))
	f.Add([]byte(`{"header":{"chunk_size":-1}}`), int64(5))
	f.Add([]byte(`{"header":{"chunk_size":"9223372036854775807","1":"a"}}`), int64(1<<62))
	f.Fuzz(func(t *testing.T, action []byte, total int64) {
		if total <= 0 {
			return
		}
		size, links, err := hub.PartLinks(action, total)
		if err != nil || size == 0 {
			return
		}
		n := int64(len(links))
		if size < 0 || n == 0 || n > 10_000 || (n-1)*size >= total || n*size/n == size && n*size < total {
			t.Errorf("%d parts of %d bytes for a file of %d", n, size, total)
		}
	})
}
