// Package tokens is the files on this machine in which Python keeps the user's tokens, and what a token looks like.
package tokens
