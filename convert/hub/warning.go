package hub

import (
	"net/http"
	"strings"
	"sync"
)

// maxTopics is how many topics a client is told of; a Hub has a handful.
const maxTopics = 16

// warnings are the topics on which the Hub has warned. The zero value is ready; it is safe for concurrent use.
type warnings struct {
	mu   sync.Mutex
	told map[string]bool
}

// first reports whether a topic is new, and remembers it.
func (w *warnings) first(topic string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.told[topic] || len(w.told) == maxTopics {
		return false
	}
	if w.told == nil {
		w.told = map[string]bool{}
	}
	w.told[topic] = true
	return true
}

// warn shows what the Hub wants its users to read, like "topic; message" in X-HF-Warning, once per topic.
func (c *Client) warn(h http.Header) {
	for _, line := range h.Values("X-Hf-Warning") {
		topic, text, ok := strings.Cut(line, ";")
		if !ok {
			topic, text = "", line
		}
		if text = c.safe(text); text != "" && c.warned.first(strings.TrimSpace(topic)) {
			c.cfg.Logf("the Hub says: %s", text)
		}
	}
}
