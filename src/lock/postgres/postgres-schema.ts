import { lockLimits } from "../lock-limits.ts";
import { placeMs } from "../server/lock-server.ts";

/**
 * What the locks need in a database, all in the schema `got_locks`. The tables of the moment are UNLOGGED: writing them costs no
 * wait for the disk, and after a crash of the server they are empty, which ends all leases. Tokens must never go back, so a ceiling
 * is set aside in an ordinary table, `tokensReserved` at a time; a resource without a row of the moment starts from there.
 *
 * Every operation first takes a transaction-level advisory lock on the resource: it lasts for one statement, cannot leak
 * through a pool, and lets each function see what the one before it did. Time is `clock_timestamp()`, the database's own.
 */
export const schemaVersion = 1;

export const schemaSql = `
CREATE SCHEMA IF NOT EXISTS got_locks;
CREATE TABLE IF NOT EXISTS got_locks.version (version int PRIMARY KEY);
CREATE TABLE IF NOT EXISTS got_locks.ceiling (resource text PRIMARY KEY, ceiling bigint NOT NULL);
CREATE UNLOGGED TABLE IF NOT EXISTS got_locks.state (
  resource text PRIMARY KEY, token bigint NOT NULL, ceiling bigint NOT NULL, gate uuid, gate_until timestamptz);
CREATE UNLOGGED TABLE IF NOT EXISTS got_locks.holder (
  resource text, id uuid, mode text NOT NULL, token bigint NOT NULL, since timestamptz NOT NULL, until timestamptz NOT NULL,
  info jsonb NOT NULL, PRIMARY KEY (resource, id));
CREATE UNLOGGED TABLE IF NOT EXISTS got_locks.place (
  resource text, id uuid, number bigint NOT NULL, until timestamptz NOT NULL, PRIMARY KEY (resource, id));
CREATE UNLOGGED TABLE IF NOT EXISTS got_locks.wait (party text PRIMARY KEY, until timestamptz NOT NULL, wait jsonb NOT NULL);

CREATE OR REPLACE FUNCTION got_locks.enter(p_resource text) RETURNS void LANGUAGE sql AS $$
  SELECT pg_advisory_xact_lock(hashtextextended('got-locks ' || p_resource, 0))
$$;

CREATE OR REPLACE FUNCTION got_locks.fits(a text, b text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT a <> 'exclusive' AND b <> 'exclusive'
    AND NOT (a = 'shared' AND b = 'intent-exclusive') AND NOT (a = 'intent-exclusive' AND b = 'shared')
$$;

CREATE OR REPLACE FUNCTION got_locks.show(h got_locks.holder) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT h.info || jsonb_build_object('mode', h.mode, 'token', h.token, 'sinceMs', floor(extract(epoch FROM h.since) * 1000))
$$;

CREATE OR REPLACE FUNCTION got_locks.next_token(p_resource text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  v_token bigint;
  v_ceiling bigint;
BEGIN
  UPDATE got_locks.state SET token = token + 1 WHERE resource = p_resource AND token < ceiling RETURNING token INTO v_token;
  IF FOUND THEN RETURN v_token; END IF;
  PERFORM set_config('synchronous_commit', 'on', true);
  INSERT INTO got_locks.ceiling AS c VALUES (p_resource, ${lockLimits.tokensReserved})
    ON CONFLICT (resource) DO UPDATE SET ceiling = c.ceiling + ${lockLimits.tokensReserved} RETURNING ceiling INTO v_ceiling;
  v_token := v_ceiling - ${lockLimits.tokensReserved} + 1;
  INSERT INTO got_locks.state (resource, token, ceiling) VALUES (p_resource, v_token, v_ceiling)
    ON CONFLICT (resource) DO UPDATE SET token = v_token, ceiling = v_ceiling;
  RETURN v_token;
END $$;

CREATE OR REPLACE FUNCTION got_locks.take(
  p_resource text, p_id uuid, p_mode text, p_lease_ms int, p_info jsonb, p_fair boolean) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_now timestamptz;
  v_token bigint;
  v_since timestamptz;
  v_ahead bigint := 0;
  v_gate uuid;
  v_blockers jsonb;
  v_alone boolean;
  v_holds_gate boolean := false;
BEGIN
  PERFORM got_locks.enter(p_resource);
  v_now := clock_timestamp();
  DELETE FROM got_locks.holder WHERE resource = p_resource AND until <= v_now;
  SELECT token, since INTO v_token, v_since FROM got_locks.holder WHERE resource = p_resource AND id = p_id;
  IF FOUND THEN
    RETURN jsonb_build_object('granted', v_token, 'sinceMs', floor(extract(epoch FROM v_since) * 1000));
  END IF;
  IF p_fair THEN
    DELETE FROM got_locks.place WHERE resource = p_resource AND until <= v_now AND id <> p_id;
    INSERT INTO got_locks.place AS p (resource, id, number, until)
      SELECT p_resource, p_id, coalesce(max(number), 0) + 1, v_now + interval '${placeMs} ms'
        FROM got_locks.place WHERE resource = p_resource
      ON CONFLICT (resource, id) DO UPDATE SET until = excluded.until;
    SELECT count(*) INTO v_ahead FROM got_locks.place a, got_locks.place b
      WHERE a.resource = p_resource AND b.resource = p_resource AND b.id = p_id AND a.number < b.number;
  END IF;
  SELECT gate INTO v_gate FROM got_locks.state WHERE resource = p_resource AND gate_until > v_now AND gate <> p_id;
  SELECT jsonb_agg(got_locks.show(h)), coalesce(bool_or(h.mode = 'exclusive'), false) INTO v_blockers, v_alone
    FROM got_locks.holder h WHERE h.resource = p_resource AND NOT got_locks.fits(h.mode, p_mode);
  IF v_ahead = 0 AND v_gate IS NULL AND v_blockers IS NULL THEN
    v_token := got_locks.next_token(p_resource);
    INSERT INTO got_locks.holder VALUES (p_resource, p_id, p_mode, v_token, v_now, v_now + p_lease_ms * interval '1 ms', p_info);
    UPDATE got_locks.state SET gate = NULL, gate_until = NULL WHERE resource = p_resource AND gate IS NOT NULL;
    IF p_fair THEN DELETE FROM got_locks.place WHERE resource = p_resource AND id = p_id; END IF;
    RETURN jsonb_build_object('granted', v_token, 'sinceMs', floor(extract(epoch FROM v_now) * 1000));
  END IF;
  IF v_ahead = 0 AND v_gate IS NULL AND NOT v_alone THEN
    UPDATE got_locks.state SET gate = p_id, gate_until = v_now + interval '${placeMs} ms' WHERE resource = p_resource;
    v_holds_gate := true;
  END IF;
  IF v_blockers IS NULL THEN
    SELECT jsonb_agg(got_locks.show(h)) INTO v_blockers FROM got_locks.holder h WHERE h.resource = p_resource;
  END IF;
  RETURN jsonb_build_object('holders', coalesce(v_blockers, '[]'), 'ahead', v_ahead, 'holdsGate', v_holds_gate);
END $$;

CREATE OR REPLACE FUNCTION got_locks.renew(p_resource text, p_id uuid, p_lease_ms int) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  PERFORM got_locks.enter(p_resource);
  UPDATE got_locks.holder SET until = clock_timestamp() + p_lease_ms * interval '1 ms'
    WHERE resource = p_resource AND id = p_id AND until > clock_timestamp();
  RETURN FOUND;
END $$;

CREATE OR REPLACE FUNCTION got_locks.release(p_resource text, p_id uuid) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  v_until timestamptz;
BEGIN
  PERFORM got_locks.enter(p_resource);
  DELETE FROM got_locks.holder WHERE resource = p_resource AND id = p_id RETURNING until INTO v_until;
  RETURN coalesce(v_until > clock_timestamp(), false);
END $$;

CREATE OR REPLACE FUNCTION got_locks.withdraw(p_resource text, p_id uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM got_locks.enter(p_resource);
  DELETE FROM got_locks.holder WHERE resource = p_resource AND id = p_id;
  DELETE FROM got_locks.place WHERE resource = p_resource AND id = p_id;
  UPDATE got_locks.state SET gate = NULL, gate_until = NULL WHERE resource = p_resource AND gate = p_id;
END $$;

CREATE OR REPLACE FUNCTION got_locks.break(p_resource text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_holders jsonb;
BEGIN
  PERFORM got_locks.enter(p_resource);
  WITH gone AS (DELETE FROM got_locks.holder h WHERE h.resource = p_resource AND h.until > clock_timestamp() RETURNING h)
    SELECT jsonb_agg(got_locks.show(h)) INTO v_holders FROM gone;
  IF v_holders IS NULL THEN RETURN '{}'; END IF;
  RETURN jsonb_build_object('token', got_locks.next_token(p_resource), 'holders', v_holders);
END $$;
`;
