/**
 * The Lua that runs inside Redis. KEYS of every script: token, holders, gate, queue, places (all of one resource, one hash tag).
 * A holder is JSON in the hash `holders` by its id; times are the server's, in milliseconds.
 */
const prelude = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
-- The next token: one more than the last, and never less than the server's clock in microseconds, so that a restart or a fail-over which
-- forgot the last grants does not give their tokens again. A string: cjson keeps 14 digits of a number only.
local function nextToken()
  local last = tonumber(redis.call('GET', KEYS[1]) or '0')
  local token = string.format('%.0f', math.max(last + 1, time[1] * 1000000 + time[2]))
  redis.call('SET', KEYS[1], token)
  return token
end
local function compatible(a, b)
  if a == 'exclusive' or b == 'exclusive' then return false end
  return not ((a == 'shared' and b == 'intent-exclusive') or (a == 'intent-exclusive' and b == 'shared'))
end
local function livingHolders()
  local living = {}
  local all = redis.call('HGETALL', KEYS[2])
  for i = 1, #all, 2 do
    local holder = cjson.decode(all[i + 1])
    if holder.untilMs > now then living[all[i]] = holder else redis.call('HDEL', KEYS[2], all[i]) end
  end
  return living
end
`;

/** ARGV: id, mode, lease in ms, holder as JSON, fair (1 or 0), life of places in ms. Returns JSON. */
export const takeScript = `${prelude}
local id, mode, lease = ARGV[1], ARGV[2], tonumber(ARGV[3])
local holders = livingHolders()
if holders[id] then
  -- The answer to an earlier question was lost on its way.
  return cjson.encode({ granted = holders[id].token, sinceMs = holders[id].sinceMs })
end
local ahead = 0
if ARGV[5] == '1' then
  for _, other in ipairs(redis.call('ZRANGE', KEYS[4], 0, -1)) do
    local untilMs = tonumber(redis.call('HGET', KEYS[5], other) or '0')
    if other ~= id and untilMs <= now then
      redis.call('ZREM', KEYS[4], other)
      redis.call('HDEL', KEYS[5], other)
    end
  end
  if not redis.call('ZSCORE', KEYS[4], id) then
    local last = redis.call('ZRANGE', KEYS[4], -1, -1, 'WITHSCORES')
    redis.call('ZADD', KEYS[4], (tonumber(last[2] or '0')) + 1, id)
  end
  redis.call('HSET', KEYS[5], id, now + tonumber(ARGV[6]))
  ahead = redis.call('ZRANK', KEYS[4], id)
end
local gate = redis.call('GET', KEYS[3])
local blockers, alone = {}, false
for other, holder in pairs(holders) do
  if not compatible(holder.mode, mode) then
    blockers[#blockers + 1] = holder
    if holder.mode == 'exclusive' then alone = true end
  end
end
if ahead == 0 and (not gate or gate == id) and #blockers == 0 then
  local token = nextToken()
  local holder = cjson.decode(ARGV[4])
  holder.mode, holder.token, holder.sinceMs, holder.untilMs = mode, token, now, now + lease
  redis.call('HSET', KEYS[2], id, cjson.encode(holder))
  if gate == id then redis.call('DEL', KEYS[3]) end
  redis.call('ZREM', KEYS[4], id)
  redis.call('HDEL', KEYS[5], id)
  return cjson.encode({ granted = token, sinceMs = now })
end
local holdsGate = false
if ahead == 0 and (not gate or gate == id) and not alone then
  redis.call('SET', KEYS[3], id, 'PX', ARGV[6])
  holdsGate = true
end
if #blockers == 0 then for _, holder in pairs(holders) do blockers[#blockers + 1] = holder end end
local answer = { ahead = ahead, holdsGate = holdsGate }
if #blockers > 0 then answer.holders = blockers end
return cjson.encode(answer)
`;

/** ARGV: id, lease in ms. Returns 1 or 0. */
export const renewScript = `${prelude}
local holder = livingHolders()[ARGV[1]]
if not holder then return 0 end
holder.untilMs = now + tonumber(ARGV[2])
redis.call('HSET', KEYS[2], ARGV[1], cjson.encode(holder))
return 1
`;

/** ARGV: id. Returns 1 when it was still a holder. */
export const releaseScript = `${prelude}
if not livingHolders()[ARGV[1]] then return 0 end
redis.call('HDEL', KEYS[2], ARGV[1])
return 1
`;

/** ARGV: id. */
export const withdrawScript = `
redis.call('HDEL', KEYS[2], ARGV[1])
if redis.call('GET', KEYS[3]) == ARGV[1] then redis.call('DEL', KEYS[3]) end
redis.call('ZREM', KEYS[4], ARGV[1])
redis.call('HDEL', KEYS[5], ARGV[1])
return 1
`;

/** Returns JSON: the new token and the holders that were. */
export const breakScript = `${prelude}
local broken = {}
for _, holder in pairs(livingHolders()) do broken[#broken + 1] = holder end
if #broken == 0 then return cjson.encode({}) end
redis.call('DEL', KEYS[2])
return cjson.encode({ token = nextToken(), holders = broken })
`;

/** Returns JSON: the token and the living holders. */
export const stateScript = `${prelude}
local found = {}
for _, holder in pairs(livingHolders()) do found[#found + 1] = holder end
local answer = { token = redis.call('GET', KEYS[1]) or '0' }
if #found > 0 then answer.holders = found end
return cjson.encode(answer)
`;
