-- The schema as the architects wrote it down.
CREATE TABLE candidates (
    id SERIAL PRIMARY KEY,
    email VARCHAR(255) NOT NULL UNIQUE,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

CREATE TABLE interviews (
    id SERIAL PRIMARY KEY,
    candidate_id INTEGER NOT NULL REFERENCES candidates (id) ON DELETE RESTRICT,
    starts_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE interview_sessions (
    session_id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    interview_id INTEGER NOT NULL REFERENCES interviews (id) ON DELETE CASCADE,
    conversation_memory JSONB NOT NULL
);

CREATE TABLE interview_messages (
    id BIGSERIAL PRIMARY KEY,
    interview_id INTEGER NOT NULL REFERENCES interviews (id) ON DELETE CASCADE,
    session_id UUID REFERENCES interview_sessions (session_id) ON DELETE SET NULL,
    body TEXT NOT NULL,
    metadata JSONB NOT NULL
);

CREATE TABLE assessments (
    id SERIAL PRIMARY KEY,
    interview_id INTEGER NOT NULL REFERENCES interviews (id) ON DELETE CASCADE
);

CREATE INDEX idx_session_memory_gin ON interview_sessions USING GIN (conversation_memory);
CREATE INDEX idx_message_metadata_gin ON interview_messages USING GIN (metadata);
CREATE INDEX idx_interviews_candidate ON interviews (candidate_id);
