package openai

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"time"
)

// A teller makes Errors of what happened.
type teller struct {
	censor censor
	limits limits
}

// teller is the client's, which knows what of this request alone must not be shown.
func (x *exchange) teller() teller {
	t := x.client.teller
	for _, f := range x.req.Header {
		t.censor = t.censor.with(headerSecrets(f.Value))
	}
	return t
}

// failf makes an Error of a fact about the answer. Its text may hold what the server sent.
func (t teller) failf(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: t.censor.show(fmt.Sprintf(format, args...))}
}

// A stage is how far a request came.
type stage int

const (
	gotNothing stage = iota
	gotConn
	gotBytes
	gotHeaders
)

// explain makes an Error of what ended a request. The context comes first: when it is over, whatever else broke did
// so because of it.
func (t teller) explain(ctx context.Context, err error, at stage) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	if ctx.Err() != nil {
		return t.explainContext(context.Cause(ctx))
	}
	kind := classify(err)
	text := err.Error()
	switch {
	case kind == KindTruncated && at < gotHeaders:
		kind, text = KindReset, "the server closed the connection before it answered"
	case kind == KindOther && strings.Contains(text, "looked like an HTTP/1.1 header"):
		kind, text = KindBadStream, "the server does not speak HTTP/2"
	case kind == KindOther && strings.Contains(text, "client conn could not be established"):
		kind, text = KindReset, "the server closed the connection before it was asked; maybe it does not speak HTTP/2"
	case kind == KindOther && at >= gotBytes:
		kind, text = KindBadStream, "the response is malformed: "+text
		err = nil // it may quote the server, secrets and all
	case kind == KindOther && at == gotConn:
		text = "the connection could not be used; the server may have sent something before it was asked"
	}
	return &Error{Kind: kind, Message: t.censor.show(text), Err: err}
}

func (t teller) explainContext(cause error) *Error {
	if e := t.limits.expired(cause); e != nil {
		return e
	}
	return &Error{Kind: KindCancelled, Message: t.censor.show("the request was cancelled: " + cause.Error()), Err: cause}
}

// classify tells the kinds of network errors apart by their types.
func classify(err error) Kind {
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return KindDNS
	}
	op, ok := errors.AsType[*net.OpError](err)
	dialling := ok && (op.Op == "dial" || op.Op == "proxyconnect")
	if timedOut(err) { // by the kernel, as every limit of the client has a cause: the other end is gone
		if dialling || !ok {
			return KindTimeoutConnect
		}
		return KindReset
	}
	if isTLS(err) {
		return KindTLS
	}
	if errors.Is(err, syscall.ECONNREFUSED) {
		return KindRefused
	}
	if dialling {
		return KindConnect
	}
	if streamReset(err) || unprocessed(err) {
		return KindReset
	}
	for _, errno := range []syscall.Errno{syscall.ECONNRESET, syscall.EPIPE, syscall.ECONNABORTED} {
		if errors.Is(err, errno) {
			return KindReset
		}
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return KindTruncated
	}
	return KindOther
}

// streamReset says whether the server ended a stream, or the connection of streams, of HTTP/2. net/http does not
// export the types of these errors.
func streamReset(err error) bool {
	text := err.Error()
	return strings.HasPrefix(text, "stream error: ") || strings.Contains(text, "http2: server sent GOAWAY") ||
		strings.Contains(text, "http2: client connection lost")
}

// unprocessed says whether nobody has done anything with the request: a server of HTTP/2 let the client know that it was
// closing the connection or refused the stream, or the connection was gone before anything was written. net/http would send
// such a request again if it could.
func unprocessed(err error) bool {
	text := err.Error()
	return strings.HasPrefix(text, "http2: Transport: cannot retry err [") ||
		strings.HasPrefix(text, "net/http: cannot rewind body after connection loss")
}

func timedOut(err error) bool {
	if errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded) {
		return true
	}
	t, ok := errors.AsType[net.Error](err)
	return ok && t.Timeout()
}

func isTLS(err error) bool {
	if _, ok := errors.AsType[*handshakeError](err); ok {
		return true
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return true
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return true
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return true
	}
	op, ok := errors.AsType[*net.OpError](err)
	return ok && (op.Op == "remote error" || op.Op == "local error") // an alert, whose type is not exported
}

// tailLimit is how long a request waits for what has no part in its result: the end of a body after [DONE], and the
// rest of an error's text.
const tailLimit = time.Second
