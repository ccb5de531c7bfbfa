// Package wire reads the headers of answers that net/http leaves as they are.
package wire
