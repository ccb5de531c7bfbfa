package openai

import "io"

// A clockedBody is the body of a response whose connection does not tell when bytes arrived, since it carries other
// responses as well (HTTP/2) or only net/http sees it (TLS through a proxy). Its reads are timed by the clock.
type clockedBody struct {
	io.ReadCloser
	x     *exchange
	reads int64
}

// clockReads makes the reads of body count for the exchange; the head of the response has arrived.
func (x *exchange) clockReads(body io.ReadCloser) io.ReadCloser {
	x.unseen.mu.Lock()
	defer x.unseen.mu.Unlock()
	x.log.head = x.client.clock.now()
	return &clockedBody{ReadCloser: body, x: x}
}

// Read implements io.Reader.
func (b *clockedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if n > 0 {
		b.reads++
		b.x.unseen.mu.Lock()
		b.x.log.arrive(n, b.x.client.clock.clockStamp(b.reads))
		b.x.log.decoded(n)
		b.x.unseen.mu.Unlock()
	}
	return n, err
}
