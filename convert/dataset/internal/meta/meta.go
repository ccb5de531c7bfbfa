// Package meta decodes parquet's thrift structures from bytes that nobody
// vouches for.
//
// The decoding itself is parquet-go's. What this package adds is a look at the
// bytes beforehand: the library allocates a list by its declared length and
// skips unknown fields by recursion, so four wrong bytes in a footer could ask
// for all memory or all stack, which no recover can catch.
package meta

import (
	"errors"
	"fmt"

	"github.com/parquet-go/parquet-go/encoding/thrift"
)

// ErrShort reports that the bytes end before the structure does.
var ErrShort = errors.New("metadata ends early")

var protocol thrift.CompactProtocol

func decode(b []byte, v any) (n int, err error) {
	n, err = measure(b)
	if err != nil {
		return 0, err
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("metadata cannot be decoded: %v", p)
		}
	}()
	if err := thrift.NewDecoder(protocol.NewReaderFromBytes(b[:n:n])).Decode(v); err != nil {
		return 0, fmt.Errorf("metadata cannot be decoded: %w", err)
	}
	return n, nil
}
