package proxy_test

import (
	"net/url"
	"testing"

	"github.com/promptmill/promptmill/convert/hub/internal/proxy"
)

func TestDirect(t *testing.T) {
	for _, tt := range []struct {
		list, url string
		want      bool
	}{
		{"", "https://huggingface.co/x", false},
		{"", "http://localhost:8080", true},
		{"", "http://127.0.0.5", true},
		{"", "http://[::1]:80", true},
		{"*", "https://huggingface.co", true},
		{"huggingface.co", "https://huggingface.co", true},
		{"huggingface.co", "https://cdn.HuggingFace.co.", true},
		{"huggingface.co", "https://nothuggingface.co", false},
		{"a, .huggingface.co ,b", "https://cdn.huggingface.co", true},
		{"*.huggingface.co", "https://cdn.huggingface.co", true},
		{"hub:8080", "http://hub:8080", true},
		{"hub:8080", "http://hub:9090", false},
		{"10.0.0.0/8", "http://10.2.3.4", true},
		{"10.0.0.0/8", "http://11.2.3.4", false},
		{"10.0.0.1", "http://10.0.0.1:5", true},
		{"0.1", "http://10.0.0.1", false},
		{",,", "http://hub", false},
	} {
		u, err := url.Parse(tt.url)
		if err != nil {
			t.Fatal(err)
		}
		if got := proxy.Direct(tt.list, u); got != tt.want {
			t.Errorf("NO_PROXY=%s %s: %v", tt.list, tt.url, got)
		}
	}
}
