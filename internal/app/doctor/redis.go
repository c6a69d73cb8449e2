package doctor

import (
	"context"
	"strconv"
	"strings"

	"fenceplatform.com/fence/internal/platform/redis"
)

// oldestRedis is the first whose scripts may ask for the time and write.
const oldestRedis = 7

// sharedRedis asks Redis. Without it the product goes on, each process by its share of the limits.
func sharedRedis(ctx context.Context, p *Patient, r *Result) {
	version, err := redis.Version(ctx, p.Settings.RedisURL)
	if err != nil {
		r.problem("Redis does not answer, so each process gives its share of the rate limits: %v", err)
		return
	}
	r.Says = "Redis " + version
	major, _, _ := strings.Cut(version, ".")
	if n, err := strconv.Atoi(major); err != nil || n < oldestRedis {
		r.problem("Redis is %s and the product needs %d or newer", version, oldestRedis)
	}
}
