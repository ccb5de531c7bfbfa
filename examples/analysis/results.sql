-- Questions that no report answers, for DuckDB: `duckdb < results.sql` beside a results.parquet.

-- What each benchmark did.
SELECT benchmark, strategy,
       count(*) AS requests,
       count(*) FILTER (status = 'ok') AS ok,
       round(quantile_cont(first_token_ns - sent_ns, 0.5) FILTER (status = 'ok') / 1e6, 2) AS ttft_p50_ms,
       round(quantile_cont(first_token_ns - sent_ns, 0.99) FILTER (status = 'ok') / 1e6, 2) AS ttft_p99_ms,
       round(quantile_cont(done_ns - sent_ns, 0.5) FILTER (status = 'ok') / 1e6, 2) AS latency_p50_ms,
       sum(output_tokens) FILTER (status = 'ok') AS tokens
FROM 'results.parquet'
WHERE NOT warmup
GROUP BY benchmark, strategy
ORDER BY benchmark;

-- Does the time to the first token grow with the prompt?
SELECT ceil(prompt_tokens / 100.0) * 100 AS prompt_tokens_up_to,
       count(*) AS requests,
       round(median(first_token_ns - sent_ns) / 1e6, 2) AS ttft_ms
FROM 'results.parquet'
WHERE status = 'ok' AND NOT warmup AND prompt_tokens IS NOT NULL
GROUP BY 1
ORDER BY 1;

-- The longest pauses inside an answer, and where they were.
WITH chunks AS (
    SELECT benchmark, sequence, prompt_line, unnest(chunk_ns) AS at_ns
    FROM 'results.parquet'
    WHERE status = 'ok'
), gaps AS (
    SELECT *, at_ns - lag(at_ns) OVER (PARTITION BY benchmark, sequence ORDER BY at_ns) AS gap_ns
    FROM chunks
)
SELECT benchmark, sequence, prompt_line, round(at_ns / 1e9, 3) AS at_s, round(gap_ns / 1e6, 2) AS gap_ms
FROM gaps
WHERE gap_ns IS NOT NULL
ORDER BY gap_ns DESC
LIMIT 5;

-- What went wrong, and how often.
SELECT error_kind, http_status, count(*) AS requests, any_value(error_message) AS for_instance
FROM 'results.parquet'
WHERE status = 'error'
GROUP BY ALL
ORDER BY requests DESC;
