package openai

import "context"

// Page returns what the server answers to GET of path, at most 16 MiB of it. A failure to get it is an [*Error].
func (c *Client) Page(ctx context.Context, path string) ([]byte, error) {
	_, body, err := c.get(ctx, path)
	return body, err
}
