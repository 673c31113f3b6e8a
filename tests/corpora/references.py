"""Columns that mean a key, and columns that only look so: what is measured with, as data.

Small schemas in the manner of real projects, none of them a copy of one. No column spoken of has a
foreign key. What is true of it follows from name, type and data together, as a careful person reads
them; the data is made so that neither the name nor the values alone tell.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Schema:
    """A schema, and both sides of the truth about it. Columns are `schema.table.column`."""

    name: str
    sql: str  # runs in an empty database, and beside the other schemas
    means: dict[str, str]  # column -> the key that it means
    hopeless: dict[str, str]  # those of `means` that the data cannot prove -> why
    nots: dict[str, str]  # column -> what it is instead


def _schema(
    name: str,
    sql: str,
    means: dict[str, str],
    nots: dict[str, str],
    hopeless: dict[str, tuple[str, str]] | None = None,
) -> Schema:
    """`means` and `nots` may say several columns in one line: "orders.id items.order_id"."""
    unproven = hopeless or {}
    found = {f"{name}.{c}": f"{name}.{key}" for key, said in means.items() for c in said.split()}
    return Schema(
        name,
        f"CREATE SCHEMA {name};\nSET search_path = {name};\n{sql}\nRESET search_path;",
        found | {f"{name}.{column}": f"{name}.{key}" for column, (key, _) in unproven.items()},
        {f"{name}.{column}": why for column, (_, why) in unproven.items()},
        {f"{name}.{column}": why for why, said in nots.items() for column in said.split()},
    )


SHOP = _schema(
    "shop",
    """
CREATE TABLE customers (id serial PRIMARY KEY, email text NOT NULL UNIQUE, customer_no varchar(12) NOT NULL UNIQUE,
  legacy_customer_id varchar(20), stripe_customer_id text, loyalty_no varchar(12), created_by text);
INSERT INTO customers (email, customer_no, legacy_customer_id, stripe_customer_id, loyalty_no, created_by)
  SELECT 'c' || g || '@example.com', 'C-' || 1000 + g, (151 - g)::text,
    'cus_' || substr(md5(g::text), 1, 14), (70000 + g)::text,
    (ARRAY['alice', 'bob', 'carol', 'import'])[1 + g % 4] FROM generate_series(1, 150) g;
CREATE TABLE products (id serial PRIMARY KEY, sku varchar(20) NOT NULL UNIQUE, name text,
  supplier_product_id varchar(20),
  "position" integer, tax_class integer, weight text);
INSERT INTO products (sku, name, supplier_product_id, "position", tax_class, weight)
  SELECT 'SKU-' || lpad(g::text, 5, '0'), 'product ' || g, (1 + (g * 17) % 90)::text, g, 1 + g % 3,
    (g * 10)::text FROM generate_series(1, 90) g;
CREATE TABLE addresses (id serial PRIMARY KEY, customer_id integer NOT NULL, street text,
  house_no text, postal_code varchar(10));
INSERT INTO addresses (customer_id, street, house_no, postal_code)
  SELECT 1 + g % 150, 'street ' || g, (1 + g % 60)::text, (10000 + g * 7)::text FROM generate_series(1, 200) g;
CREATE TABLE orders (id serial PRIMARY KEY, order_no varchar(20) NOT NULL UNIQUE,
  customer_id varchar(20) NOT NULL, shipping_address_id text,
  client_order_id text, external_order_id text, session_id text, coupon_code text, created_by text,
    version text, status_code integer);
INSERT INTO orders (order_no, customer_id, shipping_address_id, client_order_id, external_order_id,
  session_id, coupon_code, created_by, version, status_code)
  SELECT 'SO-2024-' || lpad(g::text, 6, '0'), (1 + (g * 7) % 150)::text, (1 + (g * 11) % 200)::text,
    (1 + (g * 13) % 180)::text,
    CASE WHEN g % 3 = 0 THEN g::text END, (g % 97)::text, 'SAVE' || g % 5, (ARRAY['alice', 'bob', 'web'])[1 + g % 3],
    (1 + g % 3)::text, 100 * (1 + g % 5) FROM generate_series(1, 300) g;
CREATE TABLE order_items (id bigserial PRIMARY KEY, order_id text NOT NULL,
  product_id text NOT NULL, product_sku varchar(20), "position" integer, quantity text);
INSERT INTO order_items (order_id, product_id, product_sku, "position", quantity)
  SELECT (1 + g % 300)::text, (1 + (g * 7) % 90)::text,
    'SKU-' || lpad((1 + (g * 7) % 90)::text, 5, '0'), 1 + g / 300, (1 + g % 9)::text
    FROM generate_series(1, 500) g;
CREATE TABLE carts (id uuid PRIMARY KEY, customer_id integer, session_token text, items integer);
INSERT INTO carts SELECT md5('cart' || g)::uuid, CASE WHEN g % 4 > 0 THEN 1 + g % 150 END,
  md5(g::text), g % 12 FROM generate_series(1, 120) g;
CREATE TABLE payments (id serial PRIMARY KEY, order_id bigint NOT NULL, transaction_id varchar(40),
  provider_payment_id varchar(40), stripe_charge_id text, instalment text);
INSERT INTO payments (order_id, transaction_id, provider_payment_id, stripe_charge_id, instalment)
  SELECT g, (900000 + g)::text, (1 + (g * 31) % 280)::text, 'ch_' || md5(g::text), (1 + g % 3)::text
    FROM generate_series(1, 280) g;
CREATE TABLE reviews (id serial PRIMARY KEY, product_id varchar(20) NOT NULL,
  customer_id varchar(20), legacy_product_id integer, rating integer);
INSERT INTO reviews (product_id, customer_id, legacy_product_id, rating)
  SELECT (1 + (g * 5) % 90)::text, CASE WHEN g % 5 > 0 THEN (1 + (g * 3) % 150)::text END,
    1 + (g * 7) % 90, 1 + g % 5 FROM generate_series(1, 220) g;
CREATE TABLE wishlists (id serial PRIMARY KEY, customer_id text NOT NULL, name text);
INSERT INTO wishlists (customer_id, name) SELECT (g * 2)::text, 'list' FROM generate_series(1, 70) g;
CREATE TABLE refunds (id serial PRIMARY KEY, order_id integer NOT NULL, approved_by text, reason_code text);
INSERT INTO refunds (order_id, approved_by, reason_code) SELECT g * 5,
  (ARRAY['alice', 'bob'])[1 + g % 2], (1 + g % 6)::text FROM generate_series(1, 50) g;
CREATE TABLE invoices (id serial PRIMARY KEY, customer_no varchar(12), order_number varchar(20),
  invoice_no varchar(20));
INSERT INTO invoices (customer_no, order_number, invoice_no) SELECT 'C-' || 1001 + g % 150,
  'SO-2024-' || lpad(g::text, 6, '0'), g::text FROM generate_series(1, 200) g;
CREATE TABLE product_images (id serial PRIMARY KEY, product_id integer NOT NULL, "order" integer NOT NULL, url text);
INSERT INTO product_images (product_id, "order", url) SELECT 1 + g % 90, 1 + g / 90, '/p/' || g
  FROM generate_series(0, 260) g;
CREATE TABLE orders_archive (id integer PRIMARY KEY, customer_id varchar(20),
  shipping_address_id text, archived_at timestamptz);
INSERT INTO orders_archive SELECT 10000 + g, (1 + g % 165)::text, (1 + g % 190)::text, now()
  FROM generate_series(1, 330) g;
CREATE TABLE gift_cards (id serial PRIMARY KEY, customer_id varchar(20), code text UNIQUE);
INSERT INTO gift_cards (customer_id, code) SELECT (g * 9)::text, md5(g::text) FROM generate_series(1, 6) g;
""",
    means={
        "customers.id": "orders.customer_id reviews.customer_id wishlists.customer_id addresses.customer_id "
        "carts.customer_id",
        "addresses.id": "orders.shipping_address_id",
        "orders.id": "order_items.order_id payments.order_id refunds.order_id",
        "products.id": "order_items.product_id reviews.product_id product_images.product_id",
    },
    hopeless={"gift_cards.customer_id": ("customers.id", "six rows")},
    nots={
        "the id of the same customer in the shop before this one": "customers.legacy_customer_id",
        "the id of the same product in the shop before this one": "reviews.legacy_product_id",
        "the customer in the payment provider's books": "customers.stripe_customer_id",
        "a card number": "customers.loyalty_no",
        "the name of who typed it in": "customers.created_by orders.created_by refunds.approved_by",
        "the supplier's own numbering": "products.supplier_product_id",
        "an order of display": "products.position order_items.position product_images.order",
        "a code that no table holds": "products.tax_class orders.status_code refunds.reason_code orders.coupon_code",
        "a weight": "products.weight",
        "a part of an address": "addresses.house_no addresses.postal_code",
        "the number that the buyer's own system gave": "orders.client_order_id",
        "the number that the marketplace gave": "orders.external_order_id",
        "a web session": "orders.session_id carts.session_token",
        "how often it was changed": "orders.version",
        "the business key products.sku": "order_items.product_sku",
        "a quantity": "order_items.quantity carts.items reviews.rating payments.instalment",
        "an id of the payment provider": (
            "payments.transaction_id payments.provider_payment_id payments.stripe_charge_id"
        ),
        "the business key customers.customer_no": "invoices.customer_no",
        "the business key orders.order_no": "invoices.order_number",
        "its own number": "invoices.invoice_no",
        "an archive, which keeps ids of deleted rows": "orders_archive.customer_id orders_archive.shipping_address_id",
    },
)

BILLING = _schema(
    "billing",
    """
CREATE TABLE plans (id serial PRIMARY KEY, code text NOT NULL UNIQUE, legacy_plan_id integer, trial_days text);
INSERT INTO plans (code, legacy_plan_id, trial_days) SELECT 'plan_' || g, 41 - g, (g % 30)::text
  FROM generate_series(1, 40) g;
CREATE TABLE accounts (id bigserial PRIMARY KEY, slug text NOT NULL UNIQUE, stripe_customer_id text,
  salesforce_account_id varchar(18), tax_id varchar(20));
INSERT INTO accounts (slug, stripe_customer_id, salesforce_account_id, tax_id)
  SELECT 'acme-' || g, 'cus_' || md5(g::text), '0015g' || lpad(g::text, 10, '0'),
    (1 + (g * 3) % 120)::text FROM generate_series(1, 120) g;
CREATE TABLE users (id bigserial PRIMARY KEY, account_id bigint NOT NULL, email text UNIQUE,
  invited_by varchar(20), google_user_id text);
INSERT INTO users (account_id, email, invited_by, google_user_id)
  SELECT 1 + g % 120, 'u' || g || '@example.com', CASE WHEN g % 3 = 0 THEN (1 + g / 3)::text END,
    (100000000000 + g * 7919)::text FROM generate_series(1, 240) g;
CREATE TABLE subscriptions (id bigserial PRIMARY KEY, account_id varchar(36) NOT NULL,
  plan_id text NOT NULL, plan_code text, external_subscription_id varchar(40),
  stripe_subscription_id text, quantity text, created_by text);
INSERT INTO subscriptions (account_id, plan_id, plan_code, external_subscription_id,
  stripe_subscription_id, quantity, created_by)
  SELECT (1 + (g * 7) % 120)::text, (1 + g % 40)::text, 'plan_' || 1 + g % 40,
    (1 + (g * 13) % 150)::text, 'sub_' || md5(g::text), (1 + g % 20)::text,
    (ARRAY['api', 'console', 'sales'])[1 + g % 3] FROM generate_series(1, 150) g;
CREATE TABLE invoices (id bigserial PRIMARY KEY, account_id text NOT NULL, subscription_id bigint,
  number varchar(20) UNIQUE, provider_invoice_id varchar(40), attempt integer);
INSERT INTO invoices (account_id, subscription_id, number, provider_invoice_id, attempt)
  SELECT (1 + g % 120)::text, 1 + g % 150, 'R' || 10000 + g, (1 + (g * 17) % 300)::text, g % 4
    FROM generate_series(1, 300) g;
CREATE TABLE invoice_lines (id bigserial PRIMARY KEY, invoice_id varchar(20) NOT NULL,
  line_no integer, account_code text);
INSERT INTO invoice_lines (invoice_id, line_no, account_code) SELECT (1 + g % 300)::text,
  1 + g / 300, (4000 + g % 40)::text FROM generate_series(1, 500) g;
CREATE TABLE usage_records (id bigserial PRIMARY KEY, subscription_id text NOT NULL,
  idempotency_key text, trace_id text, units text);
INSERT INTO usage_records (subscription_id, idempotency_key, trace_id, units)
  SELECT (1 + (g * 11) % 150)::text, g::text, md5(g::text), (g % 100)::text FROM generate_series(1, 400) g;
CREATE TABLE payment_methods (id bigserial PRIMARY KEY, account_id bigint NOT NULL,
  provider_customer_id varchar(40), last4 varchar(4), exp_month integer);
INSERT INTO payment_methods (account_id, provider_customer_id, last4, exp_month) SELECT g,
  (5000 + g)::text, (1000 + g * 7)::text, 1 + g % 12 FROM generate_series(1, 110) g;
CREATE TABLE audit_events (id bigserial PRIMARY KEY, account_id text, subject_id text NOT NULL,
  subject_type text NOT NULL, actor_id text, actor_type text, request_id text, ip inet);
INSERT INTO audit_events (account_id, subject_id, subject_type, actor_id, actor_type, request_id)
  SELECT (1 + g % 120)::text, (1 + g % 100)::text,
    (ARRAY['Invoice', 'Subscription', 'User'])[1 + g % 3], (1 + g % 110)::text,
    (ARRAY['User', 'ApiKey'])[1 + g % 2], (1 + g % 350)::text FROM generate_series(1, 400) g;
CREATE TABLE webhook_deliveries (id bigserial PRIMARY KEY, webhook_event_id text, request_id uuid,
  message_id text, status_code integer);
INSERT INTO webhook_deliveries (webhook_event_id, request_id, message_id, status_code)
  SELECT 'evt_' || md5(g::text), md5('r' || g)::uuid, (7000 + g)::text,
    (ARRAY[200, 200, 500])[1 + g % 3] FROM generate_series(1, 90) g;
CREATE TABLE credit_notes (id bigserial PRIMARY KEY, invoice_id varchar(20), amount numeric);
INSERT INTO credit_notes (invoice_id, amount) SELECT (150 + g * 3)::text, g FROM generate_series(1, 80) g;
""",
    means={
        "accounts.id": "subscriptions.account_id invoices.account_id audit_events.account_id "
        "users.account_id payment_methods.account_id",
        "plans.id": "subscriptions.plan_id",
        "subscriptions.id": "usage_records.subscription_id invoices.subscription_id",
        "invoices.id": "invoice_lines.invoice_id",
        "users.id": "users.invited_by",
    },
    hopeless={
        "credit_notes.invoice_id": ("invoices.id", "about 60 % present: old invoices were purged")
    },
    nots={
        "the id of the plan before the move": "plans.legacy_plan_id",
        "a number of days": "plans.trial_days",
        "an id of the payment provider": "accounts.stripe_customer_id subscriptions.stripe_subscription_id "
        "invoices.provider_invoice_id payment_methods.provider_customer_id",
        "an id of the CRM": "accounts.salesforce_account_id",
        "a number that the tax office gave": "accounts.tax_id",
        "the user in another company's directory": "users.google_user_id",
        "the subscription in the reseller's books": "subscriptions.external_subscription_id",
        "the business key plans.code": "subscriptions.plan_code",
        "a quantity": "subscriptions.quantity usage_records.units invoices.attempt",
        "the part of the program that did it": "subscriptions.created_by",
        "a counter within the invoice": "invoice_lines.line_no",
        "a code of the ledger, which is elsewhere": "invoice_lines.account_code",
        "a key for retries": "usage_records.idempotency_key",
        "a trace": "usage_records.trace_id audit_events.request_id webhook_deliveries.request_id "
        "webhook_deliveries.message_id",
        "digits of a card": "payment_methods.last4",
        "a month": "payment_methods.exp_month",
        "of any table: subject_type says which": "audit_events.subject_id",
        "of any table: actor_type says which": "audit_events.actor_id",
        "an event of the sender": "webhook_deliveries.webhook_event_id",
        "a status of HTTP": "webhook_deliveries.status_code",
    },
)

FORUM = _schema(
    "forum",
    """
CREATE TABLE users (id serial PRIMARY KEY, username text NOT NULL UNIQUE, external_id text,
  discord_id varchar(20), trust_level integer);
INSERT INTO users (username, external_id, discord_id, trust_level)
  SELECT 'user' || g, (1 + (g * 7) % 120)::text, (200000000000000000 + g * 104729::bigint)::text,
    g % 5 FROM generate_series(1, 120) g;
CREATE TABLE categories (id serial PRIMARY KEY, slug text UNIQUE, parent_id integer, "position" integer, color text);
INSERT INTO categories (slug, parent_id, "position", color) SELECT 'cat-' || g,
  CASE WHEN g > 8 THEN 1 + g % 8 END, g, (100000 + g)::text FROM generate_series(1, 40) g;
CREATE TABLE topics (id serial PRIMARY KEY, slug text, category_id text NOT NULL,
  author_id varchar(20) NOT NULL, last_post_id integer, legacy_topic_id integer, views integer);
INSERT INTO topics (slug, category_id, author_id, last_post_id, legacy_topic_id, views)
  SELECT 't' || g, (1 + (g * 3) % 40)::text, (1 + (g * 7) % 120)::text, 2 * g, 161 - g, g % 90
    FROM generate_series(1, 160) g;
CREATE TABLE posts (id serial PRIMARY KEY, topic_id varchar(20) NOT NULL,
  user_id varchar(20) NOT NULL, reply_to_post_id text, post_number integer, edited_by text,
  version text, session_id text);
INSERT INTO posts (topic_id, user_id, reply_to_post_id, post_number, edited_by, version, session_id)
  SELECT (1 + g % 160)::text, (1 + (g * 11) % 120)::text,
    CASE WHEN g > 10 AND g % 3 = 0 THEN (g - 7)::text END, 1 + g / 160,
    CASE WHEN g % 9 = 0 THEN 'user' || 1 + g % 120 END, (1 + g % 4)::text, (g % 110)::text
      FROM generate_series(1, 450) g;
CREATE TABLE votes (id bigserial PRIMARY KEY, post_id text NOT NULL, user_id integer NOT NULL, value text);
INSERT INTO votes (post_id, user_id, value) SELECT (1 + (g * 13) % 450)::text, 1 + g % 120,
  (1 - 2 * (g % 2))::text FROM generate_series(1, 400) g;
CREATE TABLE badges (id serial PRIMARY KEY, name text UNIQUE, level integer);
INSERT INTO badges (name, level) SELECT 'badge ' || g, 1 + g % 3 FROM generate_series(1, 35) g;
CREATE TABLE user_badges (id serial PRIMARY KEY, user_id integer NOT NULL, badge_id text NOT NULL,
  granted_by text, seq text);
INSERT INTO user_badges (user_id, badge_id, granted_by, seq) SELECT 1 + g % 120, (1 + g % 35)::text,
  'system', (1 + g / 120)::text FROM generate_series(0, 199) g;
CREATE TABLE messages (id bigserial PRIMARY KEY, sender_id text NOT NULL,
  recipient_id text NOT NULL, message_id text, thread_id text);
INSERT INTO messages (sender_id, recipient_id, message_id, thread_id)
  SELECT (1 + (g * 7) % 120)::text, (1 + (g * 17) % 120)::text, (1 + (g * 3) % 250)::text,
    (1 + g % 60)::text FROM generate_series(1, 250) g;
CREATE TABLE attachments (id serial PRIMARY KEY, attachable_id text NOT NULL,
  attachable_type text NOT NULL, size text, upload_session_id text);
INSERT INTO attachments (attachable_id, attachable_type, size, upload_session_id)
  SELECT (1 + g % 100)::text, (ARRAY['Post', 'Message'])[1 + g % 2], (g * 512)::text,
    (1 + g % 50)::text FROM generate_series(1, 120) g;
CREATE TABLE flags (id serial PRIMARY KEY, post_id integer NOT NULL, post_type text NOT NULL, reported_by integer);
INSERT INTO flags (post_id, post_type, reported_by) SELECT 1 + g % 150,
  (ARRAY['post', 'message', 'topic'])[1 + g % 3], 1 + (g * 3) % 120 FROM generate_series(1, 90) g;
CREATE TABLE post_history (id bigserial PRIMARY KEY, post_id text NOT NULL, user_id text NOT NULL, revision integer);
INSERT INTO post_history (post_id, user_id, revision) SELECT (1 + (g * 7) % 460)::text,
  (1 + g % 124)::text, 1 + g % 6 FROM generate_series(1, 460) g;
CREATE TABLE bans (id serial PRIMARY KEY, user_id text, hours text);
INSERT INTO bans (user_id, hours)
  SELECT CASE WHEN g % 5 < 3 THEN g::text WHEN g % 5 = 3 THEN 'user' || g ELSE '' END, (24 * (1 + g % 7))::text
    FROM generate_series(1, 60) g;
""",
    means={
        "users.id": "topics.author_id posts.user_id messages.sender_id messages.recipient_id "
        "votes.user_id user_badges.user_id flags.reported_by",
        "categories.id": "topics.category_id categories.parent_id",
        "topics.id": "posts.topic_id",
        "posts.id": "posts.reply_to_post_id votes.post_id topics.last_post_id",
        "badges.id": "user_badges.badge_id",
    },
    hopeless={"bans.user_id": ("users.id", "ids, user names and empty strings, mixed")},
    nots={
        "the user in the single sign-on": "users.external_id",
        "the user at Discord": "users.discord_id",
        "a level": "users.trust_level badges.level",
        "an order of display": "categories.position",
        "a colour": "categories.color",
        "the id of the topic before the move": "topics.legacy_topic_id",
        "a counter": "topics.views posts.post_number posts.version post_history.revision user_badges.seq",
        "the name of who did it": "posts.edited_by user_badges.granted_by",
        "a web session": "posts.session_id attachments.upload_session_id",
        "plus or minus one": "votes.value",
        "the Message-ID of the mail, as the relay counts": "messages.message_id",
        "a conversation in the mail program": "messages.thread_id",
        "of any table: attachable_type says which": "attachments.attachable_id",
        "of any table: post_type says which": "flags.post_id",
        "a size": "attachments.size bans.hours",
        "a history, which keeps ids of deleted rows": "post_history.post_id post_history.user_id",
    },
)

HOSPITAL = _schema(
    "hospital",
    """
CREATE TABLE patients (id bigserial PRIMARY KEY, mrn varchar(12) NOT NULL UNIQUE,
  national_id varchar(12), insurance_no text);
INSERT INTO patients (mrn, national_id, insurance_no) SELECT (201 - g)::text,
  (830000000 + g * 37)::text, 'A' || 1000000 + g FROM generate_series(1, 200) g;
CREATE TABLE departments (id serial PRIMARY KEY, code varchar(4) NOT NULL UNIQUE, floor text);
INSERT INTO departments (code, floor) SELECT 'D' || g, (g % 9)::text FROM generate_series(1, 30) g;
CREATE TABLE doctors (id serial PRIMARY KEY, licence_no text UNIQUE, department_id integer NOT NULL, pager_no text);
INSERT INTO doctors (licence_no, department_id, pager_no) SELECT (500000 + g)::text, 1 + g % 30,
  (1 + g % 70)::text FROM generate_series(1, 70) g;
CREATE TABLE wards (id serial PRIMARY KEY, name text, floor integer);
INSERT INTO wards (name, floor) SELECT 'ward ' || g, 1 + g % 8 FROM generate_series(1, 35) g;
CREATE TABLE beds (id serial PRIMARY KEY, ward_id integer NOT NULL, bed_no text NOT NULL);
INSERT INTO beds (ward_id, bed_no) SELECT 1 + g % 35, (1 + g / 35)::text FROM generate_series(0, 279) g;
CREATE TABLE appointments (id bigserial PRIMARY KEY, patient_id varchar(20) NOT NULL,
  doctor_id text NOT NULL, room text, slot integer, external_appointment_id text);
INSERT INTO appointments (patient_id, doctor_id, room, slot, external_appointment_id)
  SELECT (1 + (g * 7) % 150)::text, (1 + g % 70)::text, (100 + g % 40)::text, 1 + g % 30,
    (1 + (g * 11) % 300)::text FROM generate_series(1, 300) g;
CREATE TABLE admissions (id bigserial PRIMARY KEY, patient_id bigint NOT NULL,
  ward_id text NOT NULL, attending_doctor_id text, bed_no text, drg_code text, admitted_by text);
INSERT INTO admissions (patient_id, ward_id, attending_doctor_id, bed_no, drg_code, admitted_by)
  SELECT 1 + (g * 3) % 200, (1 + g % 35)::text, (1 + (g * 3) % 70)::text, (1 + g % 8)::text,
    (100 + g % 300)::text, (ARRAY['Dr. Ng', 'Sr. Ruiz'])[1 + g % 2] FROM generate_series(1, 180) g;
CREATE TABLE vitals (id bigserial PRIMARY KEY, admission_id text NOT NULL, pulse text,
  monitor_id text, systolic integer);
INSERT INTO vitals (admission_id, pulse, monitor_id, systolic) SELECT (1 + g % 180)::text,
  (60 + g % 50)::text, (1 + g % 40)::text, 100 + g % 60 FROM generate_series(1, 450) g;
CREATE TABLE medications (id serial PRIMARY KEY, ndc varchar(14) NOT NULL UNIQUE, strength text);
INSERT INTO medications (ndc, strength) SELECT lpad((g * 7919)::text, 5,
  '0') || '-0' || g % 10 || '-10', (5 * g)::text FROM generate_series(1, 80) g;
CREATE TABLE prescriptions (id bigserial PRIMARY KEY, medication_id text NOT NULL,
  admission_id bigint, prescribed_by text, refill text);
INSERT INTO prescriptions (medication_id, admission_id, prescribed_by, refill)
  SELECT (1 + (g * 7) % 80)::text, 1 + g % 180, 'Dr. ' || chr(65 + g % 26), (g % 5)::text
    FROM generate_series(1, 260) g;
CREATE TABLE devices (id serial PRIMARY KEY, device_uid text NOT NULL UNIQUE, model text);
INSERT INTO devices (device_uid, model) SELECT (41 - g)::text, 'analyser' FROM generate_series(1, 40) g;
CREATE TABLE lab_results (id bigserial PRIMARY KEY, patient_id varchar(12) NOT NULL,
  patient_mrn varchar(12), device_id text, accession_no text, sample_no integer);
INSERT INTO lab_results (patient_id, patient_mrn, device_id, accession_no, sample_no)
  SELECT (201 - (1 + (g * 3) % 200))::text, (201 - (1 + (g * 3) % 200))::text,
    (1 + (g * 7) % 40)::text, (1 + g % 200)::text, 1 + g % 90 FROM generate_series(1, 320) g;
CREATE TABLE claims (id bigserial PRIMARY KEY, patient_id bigint NOT NULL, insurer_claim_id text,
  policy_no text, approved_by text);
INSERT INTO claims (patient_id, insurer_claim_id, policy_no, approved_by) SELECT 1 + g % 200,
  (1 + (g * 7) % 140)::text, (4000 + g)::text, 'desk ' || g % 3 FROM generate_series(1, 140) g;
CREATE TABLE patients_archive (id bigint PRIMARY KEY, patient_id bigint, doctor_id text, reason_code text);
INSERT INTO patients_archive SELECT g, 1 + g % 260, (1 + g % 75)::text, (1 + g % 9)::text
  FROM generate_series(1, 260) g;
CREATE TABLE hl7_messages (id bigserial PRIMARY KEY, message_id text, correlation_id text,
  patient_ref text, version text);
INSERT INTO hl7_messages (message_id, correlation_id, patient_ref, version)
  SELECT (88000 + g)::text, (1 + g % 150)::text, (201 - g % 200 - 1)::text, '2.' || g % 6
  FROM generate_series(1, 200) g;
CREATE TABLE transfers (id bigserial PRIMARY KEY, from_ward_id varchar(10), to_ward_id varchar(10));
INSERT INTO transfers (from_ward_id, to_ward_id)
  SELECT CASE WHEN g % 4 = 0 THEN 'ER' WHEN g % 4 = 1 THEN 'OR' || g % 6 ELSE (1 + g % 35)::text END,
    (1 + (g * 3) % 35)::text
    FROM generate_series(1, 120) g;
""",
    means={
        "patients.id": "admissions.patient_id claims.patient_id",
        "doctors.id": "appointments.doctor_id admissions.attending_doctor_id",
        "departments.id": "doctors.department_id",
        "wards.id": "admissions.ward_id transfers.to_ward_id beds.ward_id",
        "admissions.id": "vitals.admission_id prescriptions.admission_id",
        "medications.id": "prescriptions.medication_id",
    },
    hopeless={
        "transfers.from_ward_id": ("wards.id", "half of it are places that are no ward"),
        "appointments.patient_id": (
            "patients.id",
            "the business key mrn has the same digits: the data fits both",
        ),
    },
    nots={
        "the business key patients.mrn, a text like this one": (
            "lab_results.patient_id lab_results.patient_mrn hl7_messages.patient_ref"
        ),
        "a number that the state gave": "patients.national_id",
        "a number of the insurer": "patients.insurance_no claims.insurer_claim_id claims.policy_no",
        "a place in the house": "departments.floor wards.floor appointments.room admissions.bed_no beds.bed_no",
        "a number to call": "doctors.pager_no",
        "a place in the day": "appointments.slot",
        "the appointment in the booking portal": "appointments.external_appointment_id",
        "a code of a catalogue that is not here": "admissions.drg_code patients_archive.reason_code",
        "a name": "admissions.admitted_by prescriptions.prescribed_by claims.approved_by",
        "a measurement": "vitals.pulse vitals.systolic medications.strength prescriptions.refill",
        "a device on the wall, in no table": "vitals.monitor_id",
        "the key devices.device_uid, a text like this one": "lab_results.device_id",
        "the laboratory's own numbering": "lab_results.accession_no lab_results.sample_no",
        "an archive, which keeps ids of deleted rows": "patients_archive.patient_id patients_archive.doctor_id",
        "ids of messages": "hl7_messages.message_id hl7_messages.correlation_id",
        "a version of the format": "hl7_messages.version",
    },
)

HR = _schema(
    "hr",
    """
CREATE TABLE departments (id serial PRIMARY KEY, code text UNIQUE, cost_center text, head_employee_id integer);
INSERT INTO departments (code, cost_center, head_employee_id) SELECT 'DEP' || g, (100 + g)::text,
  1 + (g * 7) % 140 FROM generate_series(1, 32) g;
CREATE TABLE positions (id serial PRIMARY KEY, title text, level integer, pay_grade text);
INSERT INTO positions (title, level, pay_grade) SELECT 'position ' || g, 1 + g % 6,
  (1 + g % 15)::text FROM generate_series(1, 45) g;
CREATE TABLE employees (id serial PRIMARY KEY, employee_no varchar(10) NOT NULL UNIQUE,
  department_id integer NOT NULL, manager_id integer, position_id text NOT NULL,
  tax_id text, legacy_id varchar(10), linkedin_id text, payroll_system_id text, grade integer);
INSERT INTO employees (employee_no, department_id, manager_id, position_id, tax_id, legacy_id,
  linkedin_id, payroll_system_id, grade)
  SELECT (10000 + g)::text, 1 + g % 32, CASE WHEN g > 10 THEN 1 + g % 10 END,
    (1 + (g * 7) % 45)::text, (77000000 + g)::text, (1 + (g * 3) % 140)::text,
    (1 + g * 31)::text, 'P' || g, 1 + g % 12 FROM generate_series(1, 140) g;
CREATE TABLE salaries (id serial PRIMARY KEY, employee_id varchar(10) NOT NULL, step integer, amount text);
INSERT INTO salaries (employee_id, step, amount) SELECT (1 + g % 140)::text, 1 + g % 8,
  (3000 + g * 10)::text FROM generate_series(1, 260) g;
CREATE TABLE leave_requests (id serial PRIMARY KEY, employee_id text NOT NULL, approved_by text,
  days text, workday_request_id text);
INSERT INTO leave_requests (employee_id, approved_by, days, workday_request_id)
  SELECT (1 + (g * 7) % 140)::text, (ARRAY['Meier', 'Okafor', 'Singh'])[1 + g % 3],
    (1 + g % 20)::text, (1 + (g * 3) % 180)::text FROM generate_series(1, 180) g;
CREATE TABLE timesheets (id bigserial PRIMARY KEY, employee_id text NOT NULL, week integer,
  project_code text, hours text);
INSERT INTO timesheets (employee_id, week, project_code, hours) SELECT (1 + g % 140)::text,
  1 + g % 52, (1 + g % 30)::text, (g % 45)::text FROM generate_series(1, 420) g;
CREATE TABLE trainings (id serial PRIMARY KEY, title text, provider_training_id text);
INSERT INTO trainings (title, provider_training_id) SELECT 'training ' || g,
  (1 + (g * 3) % 50)::text FROM generate_series(1, 50) g;
CREATE TABLE employee_trainings (id serial PRIMARY KEY, employee_id integer NOT NULL,
  training_id text NOT NULL, score text);
INSERT INTO employee_trainings (employee_id, training_id, score) SELECT 1 + g % 140,
  (1 + (g * 7) % 50)::text, (g % 100)::text FROM generate_series(1, 200) g;
CREATE TABLE appraisals (id serial PRIMARY KEY, employee_id integer NOT NULL,
  reviewer_id varchar(10) NOT NULL, score integer, rated_by text);
INSERT INTO appraisals (employee_id, reviewer_id, score, rated_by) SELECT 1 + g % 140,
  (1 + g % 30)::text, 1 + g % 5, 'panel ' || g % 4 FROM generate_series(1, 150) g;
CREATE TABLE payslips (id bigserial PRIMARY KEY, employee_no varchar(10) NOT NULL, period integer,
  employee_id varchar(10));
INSERT INTO payslips (employee_no, period, employee_id) SELECT (10001 + g % 140)::text,
  202400 + 1 + g % 12, (10001 + g % 140)::text FROM generate_series(1, 300) g;
CREATE TABLE badge_swipes (id bigserial PRIMARY KEY, badge_id text, door_no text, employee_no text);
INSERT INTO badge_swipes (badge_id, door_no, employee_no) SELECT (1 + (g * 7) % 140)::text,
  (1 + g % 30)::text, (10001 + g % 140)::text FROM generate_series(1, 300) g;
CREATE TABLE onboarding_steps (id serial PRIMARY KEY, "position" integer, position_id integer, title text);
INSERT INTO onboarding_steps ("position", position_id, title) SELECT 1 + g % 25, 1 + (g * 3) % 45,
  'step' FROM generate_series(1, 100) g;
CREATE TABLE employees_history (id bigserial PRIMARY KEY, employee_id integer NOT NULL,
  manager_id integer, position_id text, department_id integer);
INSERT INTO employees_history (employee_id, manager_id, position_id, department_id)
  SELECT 1 + g % 155, 1 + g % 10, (1 + g % 45)::text, 1 + g % 35 FROM generate_series(1, 310) g;
CREATE TABLE certificates (id serial PRIMARY KEY, employee_id varchar(10), certificate_no text);
INSERT INTO certificates (employee_id, certificate_no) SELECT (g * 11)::text, (1 + g)::text
  FROM generate_series(1, 12) g;
""",
    means={
        "employees.id": "salaries.employee_id leave_requests.employee_id timesheets.employee_id "
        "appraisals.reviewer_id employees.manager_id"
        " departments.head_employee_id employee_trainings.employee_id appraisals.employee_id",
        "departments.id": "employees.department_id",
        "positions.id": "employees.position_id onboarding_steps.position_id",
        "trainings.id": "employee_trainings.training_id",
    },
    hopeless={"certificates.employee_id": ("employees.id", "twelve rows")},
    nots={
        "a number of accounting": "departments.cost_center employees.payroll_system_id",
        "a level": "positions.level positions.pay_grade employees.grade salaries.step",
        "a number that the tax office gave": "employees.tax_id",
        "the id of the same person in the system before this one": "employees.legacy_id",
        "a profile elsewhere": "employees.linkedin_id",
        "an amount": "salaries.amount leave_requests.days timesheets.hours employee_trainings.score appraisals.score",
        "a name": "leave_requests.approved_by appraisals.rated_by",
        "the request in Workday": "leave_requests.workday_request_id",
        "a part of the calendar": "timesheets.week payslips.period",
        "a code of the project tool": "timesheets.project_code",
        "the vendor's catalogue": "trainings.provider_training_id",
        "the business key employees.employee_no": "payslips.employee_no payslips.employee_id badge_swipes.employee_no",
        "a piece of plastic; several a person": "badge_swipes.badge_id",
        "a door": "badge_swipes.door_no",
        "the place among the steps, though a table is called positions": "onboarding_steps.position",
        "a history, which keeps ids of deleted rows": "employees_history.employee_id employees_history.manager_id"
        " employees_history.position_id employees_history.department_id",
        "a number on paper": "certificates.certificate_no",
    },
)

LOGISTICS = _schema(
    "logistics",
    """
CREATE TABLE warehouses (id serial PRIMARY KEY, code text UNIQUE, zip text, zone integer);
INSERT INTO warehouses (code, zip, zone) SELECT 'W' || g, (20000 + g * 13)::text, 1 + g % 4
  FROM generate_series(1, 40) g;
CREATE TABLE carriers (id serial PRIMARY KEY, scac varchar(4) UNIQUE, dot_no text);
INSERT INTO carriers (scac, dot_no) SELECT 'CX' || lpad(g::text, 2, '0'), (1 + g * 17)::text
  FROM generate_series(1, 36) g;
CREATE TABLE vehicles (id serial PRIMARY KEY, plate text UNIQUE, telematics_device_id text, axle_count text);
INSERT INTO vehicles (plate, telematics_device_id, axle_count) SELECT 'B-XY ' || g,
  (1 + (g * 7) % 60)::text, (2 + g % 4)::text FROM generate_series(1, 60) g;
CREATE TABLE drivers (id serial PRIMARY KEY, licence_no text UNIQUE, employee_no text, agency_driver_id integer);
INSERT INTO drivers (licence_no, employee_no, agency_driver_id) SELECT 'L' || 500 + g,
  (g + 300)::text, 81 - g FROM generate_series(1, 80) g;
CREATE TABLE devices (id serial PRIMARY KEY, device_uid text NOT NULL UNIQUE);
INSERT INTO devices (device_uid) SELECT (51 - g)::text FROM generate_series(1, 50) g;
CREATE TABLE routes (id serial PRIMARY KEY, driver_id text NOT NULL, vehicle_id text NOT NULL,
  route_number text, dispatched_by text);
INSERT INTO routes (driver_id, vehicle_id, route_number, dispatched_by)
  SELECT (1 + (g * 3) % 80)::text, (1 + g % 60)::text, (1 + g % 99)::text, 'shift ' || g % 3
  FROM generate_series(1, 120) g;
CREATE TABLE stops (id serial PRIMARY KEY, route_id text NOT NULL, stop_no text, sequence integer,
  warehouse_id integer);
INSERT INTO stops (route_id, stop_no, sequence, warehouse_id) SELECT (1 + g % 120)::text,
  (1 + g / 120)::text, 1 + g / 120, 1 + g % 40 FROM generate_series(0, 399) g;
CREATE TABLE parcels (id bigint PRIMARY KEY, barcode text NOT NULL UNIQUE,
  carrier_id varchar(20) NOT NULL, origin_warehouse_id text, destination_warehouse_id varchar(10),
  carrier_parcel_id text, external_parcel_id text, tracking_number text, zip text, weight text, service_level integer);
INSERT INTO parcels SELECT 5000000000 + g, 'JD' || 100000 + g, (1 + g % 36)::text,
  (1 + g % 40)::text, (1 + (g * 7) % 40)::text,
  (1 + (g * 7) % 300)::text, (5000000000 + 1 + (g * 11) % 300)::text, (88800000 + g)::text,
    (10000 + g)::text, (g % 30)::text, 1 + g % 4 FROM generate_series(1, 300) g;
CREATE TABLE scans (id bigserial PRIMARY KEY, parcel_id text NOT NULL, warehouse_id integer,
  device_id varchar(20), operator_id text, scanned_by text, seq integer);
INSERT INTO scans (parcel_id, warehouse_id, device_id, operator_id, scanned_by, seq)
  SELECT (5000000001 + g % 300)::text, 1 + g % 40, (1 + (g * 7) % 50)::text,
    chr(65 + g % 26) || chr(65 + g % 7), 'belt ' || g % 5, 1 + g / 300
    FROM generate_series(0, 499) g;
CREATE TABLE manifests (id serial PRIMARY KEY, route_id integer NOT NULL, carrier_id bigint,
  manifest_no text, sealed_by text);
INSERT INTO manifests (route_id, carrier_id, manifest_no, sealed_by) SELECT g, 1 + g % 36,
  (1 + (g * 3) % 120)::text, 'gate ' || g % 4 FROM generate_series(1, 120) g;
CREATE TABLE edi_messages (id bigserial PRIMARY KEY, message_id text, transaction_id text,
  partner_order_no text, remote_route_id text, code integer);
INSERT INTO edi_messages (message_id, transaction_id, partner_order_no, remote_route_id, code)
  SELECT (1 + g)::text, (1 + g % 50)::text, (45000 + g)::text, (1 + (g * 7) % 110)::text,
    800 + g % 70 FROM generate_series(1, 160) g;
CREATE TABLE scans_2023 (id bigint PRIMARY KEY, parcel_id text, warehouse_id integer, device_id varchar(20));
INSERT INTO scans_2023 SELECT g, (4900000000 + g)::text, 1 + g % 40, (1 + g % 50)::text FROM generate_series(1, 200) g;
CREATE TABLE damages (id serial PRIMARY KEY, parcel_id varchar(20), photo_count text);
INSERT INTO damages (parcel_id, photo_count) SELECT (5000000000 + g * 6)::text, (g % 4)::text
  FROM generate_series(1, 90) g;
""",
    means={
        "warehouses.id": "parcels.origin_warehouse_id parcels.destination_warehouse_id stops.warehouse_id "
        "scans.warehouse_id",
        "carriers.id": "parcels.carrier_id manifests.carrier_id",
        "drivers.id": "routes.driver_id",
        "vehicles.id": "routes.vehicle_id",
        "routes.id": "stops.route_id manifests.route_id",
        "parcels.id": "scans.parcel_id",
    },
    hopeless={"damages.parcel_id": ("parcels.id", "55 % present: delivered parcels are deleted")},
    nots={
        "a post code": "warehouses.zip parcels.zip",
        "a part of the map": "warehouses.zone",
        "a number that the state gave": "carriers.dot_no",
        "a box that the telematics company counts": "vehicles.telematics_device_id",
        "a quantity": "vehicles.axle_count parcels.weight damages.photo_count",
        "a number of the personnel office": "drivers.employee_no",
        "the driver in the agency's books": "drivers.agency_driver_id",
        "its own number": "routes.route_number manifests.manifest_no",
        "where or who, in words": "routes.dispatched_by scans.scanned_by scans.operator_id manifests.sealed_by",
        "a counter": "stops.stop_no stops.sequence scans.seq",
        "the parcel in the carrier's books": "parcels.carrier_parcel_id",
        "the parcel in the sender's books; the number ranges were made alike": "parcels.external_parcel_id",
        "a number to follow the parcel by": "parcels.tracking_number",
        "a level": "parcels.service_level",
        "the key devices.device_uid, a text like this one": "scans.device_id",
        "ids of messages": "edi_messages.message_id edi_messages.transaction_id",
        "an order of the partner": "edi_messages.partner_order_no",
        "the route in the partner's books": "edi_messages.remote_route_id",
        "a code of the standard": "edi_messages.code",
        "a copy of a year, which keeps ids of deleted rows": (
            "scans_2023.parcel_id scans_2023.warehouse_id scans_2023.device_id"
        ),
    },
)

CMS = _schema(
    "cms",
    """
CREATE TABLE sites (id uuid PRIMARY KEY, host text UNIQUE);
INSERT INTO sites SELECT md5('site' || g)::uuid, 'site' || g || '.example.com' FROM generate_series(1, 30) g;
CREATE TABLE authors (id serial PRIMARY KEY, pen_name text UNIQUE, orcid text);
INSERT INTO authors (pen_name, orcid) SELECT 'author ' || g, lpad((g * 7)::text, 16, '0') FROM generate_series(1, 60) g;
CREATE TABLE media (id uuid PRIMARY KEY, s3_object_id uuid, width text, checksum text);
INSERT INTO media SELECT md5('media' || g)::uuid, md5('s3' || g)::uuid, (100 + g)::text,
  md5(g::text) FROM generate_series(1, 120) g;
CREATE TABLE articles (id uuid PRIMARY KEY, slug text UNIQUE, site_id uuid NOT NULL,
  author_id text NOT NULL, cover_media_id text, wordpress_id integer, external_article_id uuid,
  locked_by text, version text);
INSERT INTO articles SELECT md5('article' || g)::uuid, 'article-' || g,
  md5('site' || 1 + g % 30)::uuid, (1 + (g * 7) % 60)::text,
  CASE WHEN g % 3 > 0 THEN md5('media' || 1 + g % 120)::uuid::text END, g, md5('feed' || g)::uuid,
    CASE WHEN g % 20 = 0 THEN 'author ' || g END, (1 + g % 7)::text FROM generate_series(1, 200) g;
CREATE TABLE tags (id serial PRIMARY KEY, name text UNIQUE, rank integer);
INSERT INTO tags (name, rank) SELECT 'tag ' || g, g FROM generate_series(1, 50) g;
CREATE TABLE article_tags (id serial PRIMARY KEY, article_id varchar(36) NOT NULL,
  tag_id varchar(10) NOT NULL, weight text);
INSERT INTO article_tags (article_id, tag_id, weight)
  SELECT md5('article' || 1 + g % 200)::uuid::text, (1 + (g * 7) % 50)::text, (1 + g % 10)::text
  FROM generate_series(1, 350) g;
CREATE TABLE comments (id bigserial PRIMARY KEY, article_id text NOT NULL, parent_id bigint,
  session_id text, disqus_thread_id text, likes text);
INSERT INTO comments (article_id, parent_id, session_id, disqus_thread_id, likes)
  SELECT md5('article' || 1 + (g * 3) % 200)::uuid::text, CASE WHEN g % 4 = 0 THEN g / 2 END,
    md5('session' || g)::uuid::text, (1 + g % 90)::text, (g % 30)::text
    FROM generate_series(1, 300) g;
CREATE TABLE pages (id serial PRIMARY KEY, site_id uuid NOT NULL, template_id integer, revision integer);
INSERT INTO pages (site_id, template_id, revision) SELECT md5('site' || 1 + g % 30)::uuid,
  1 + g % 9, 1 + g % 20 FROM generate_series(1, 90) g;
CREATE TABLE menus (id serial PRIMARY KEY, site_id text NOT NULL, slot text);
INSERT INTO menus (site_id, slot) SELECT md5('site' || 1 + g % 30)::uuid::text, (1 + g % 4)::text
  FROM generate_series(1, 45) g;
CREATE TABLE menu_items (id serial PRIMARY KEY, menu_id text NOT NULL, page_id text,
  parent_item_id integer, "position" integer);
INSERT INTO menu_items (menu_id, page_id, parent_item_id, "position") SELECT (1 + g % 45)::text,
  (1 + (g * 7) % 90)::text, CASE WHEN g > 60 THEN g - 60 END, 1 + g / 45
  FROM generate_series(1, 220) g;
CREATE TABLE translations (id serial PRIMARY KEY, article_id text NOT NULL, article_type text NOT NULL, locale text);
INSERT INTO translations (article_id, article_type, locale)
  SELECT CASE WHEN g % 2 = 0 THEN md5('article' || g)::uuid::text ELSE (1 + g % 90)::text END,
  (ARRAY['article', 'page'])[1 + g % 2], 'de' FROM generate_series(1, 120) g;
CREATE TABLE redirects (id serial PRIMARY KEY, target_id text, target_type text, status_code integer);
INSERT INTO redirects (target_id, target_type, status_code) SELECT (1 + g % 90)::text,
  (ARRAY['page', 'menu'])[1 + g % 2], 301 FROM generate_series(1, 60) g;
CREATE TABLE article_versions (id bigserial PRIMARY KEY, article_id text NOT NULL, author_id text, version_no text);
INSERT INTO article_versions (article_id, author_id, version_no)
  SELECT md5('article' || 1 + g % 230)::uuid::text, (1 + g % 60)::text, (1 + g % 12)::text
  FROM generate_series(1, 460) g;
CREATE TABLE search_documents (id bigserial PRIMARY KEY, document_id text, document_kind text, shard text);
INSERT INTO search_documents (document_id, document_kind, shard) SELECT (1 + g % 80)::text,
  (ARRAY['page', 'tag'])[1 + g % 2], (g % 5)::text FROM generate_series(1, 150) g;
CREATE TABLE related_articles (id serial PRIMARY KEY, related_article_id text);
INSERT INTO related_articles (related_article_id)
  SELECT CASE WHEN g % 3 = 0 THEN 'article-' || g ELSE md5('article' || g)::uuid::text END
  FROM generate_series(1, 90) g;
""",
    means={
        "sites.id": "menus.site_id articles.site_id pages.site_id",
        "authors.id": "articles.author_id",
        "media.id": "articles.cover_media_id",
        "articles.id": "article_tags.article_id comments.article_id",
        "tags.id": "article_tags.tag_id",
        "menus.id": "menu_items.menu_id",
        "pages.id": "menu_items.page_id",
        "comments.id": "comments.parent_id",
        "menu_items.id": "menu_items.parent_item_id",
    },
    hopeless={"related_articles.related_article_id": ("articles.id", "uuids and slugs, mixed")},
    nots={
        "a register of researchers": "authors.orcid",
        "an object in a store": "media.s3_object_id media.checksum",
        "a measurement": "media.width article_tags.weight comments.likes",
        "the id of the article in the program before this one": "articles.wordpress_id",
        "the article in the agency's feed": "articles.external_article_id",
        "a name": "articles.locked_by",
        "a version": "articles.version pages.revision article_versions.version_no",
        "an order of display": "tags.rank menu_items.position",
        "a web session": "comments.session_id",
        "a thread of Disqus": "comments.disqus_thread_id",
        "a file of the theme": "pages.template_id menus.slot",
        "of any table: article_type says which": "translations.article_id",
        "of any table: target_type says which": "redirects.target_id",
        "a status of HTTP": "redirects.status_code",
        "versions, which keep ids of deleted rows": "article_versions.article_id article_versions.author_id",
        "of any table: document_kind says which": "search_documents.document_id",
        "a part of the index": "search_documents.shard",
    },
)

SCHOOL = _schema(
    "school",
    """
CREATE TABLE students (id serial PRIMARY KEY, student_no varchar(10) NOT NULL UNIQUE,
  moodle_user_id text, ministry_id text, grade integer);
INSERT INTO students (student_no, moodle_user_id, ministry_id, grade) SELECT (181 - g)::text,
  (1 + (g * 7) % 180)::text, 'M' || 4000 + g, 1 + g % 12 FROM generate_series(1, 180) g;
CREATE TABLE teachers (id serial PRIMARY KEY, initials varchar(5) UNIQUE, room_no text);
INSERT INTO teachers (initials, room_no) SELECT 'T' || g, (1 + g % 40)::text FROM generate_series(1, 40) g;
CREATE TABLE courses (id serial PRIMARY KEY, code text NOT NULL UNIQUE, credits text);
INSERT INTO courses (code, credits) SELECT 'MATH' || 100 + g, (1 + g % 6)::text FROM generate_series(1, 60) g;
CREATE TABLE buildings (id serial PRIMARY KEY, name text, floors integer);
INSERT INTO buildings (name, floors) SELECT 'building ' || g, 1 + g % 5 FROM generate_series(1, 30) g;
CREATE TABLE rooms (id serial PRIMARY KEY, building_id integer NOT NULL, number text, floor integer);
INSERT INTO rooms (building_id, number, floor) SELECT 1 + g % 30, (1 + g % 40)::text, 1 + g % 4
  FROM generate_series(1, 75) g;
CREATE TABLE classes (id serial PRIMARY KEY, teacher_id text NOT NULL, room_id text,
  grade_level integer, google_classroom_id text);
INSERT INTO classes (teacher_id, room_id, grade_level, google_classroom_id)
  SELECT (1 + g % 40)::text, (1 + (g * 7) % 75)::text, 1 + g % 12, (600000000000 + g * 13)::text
  FROM generate_series(1, 85) g;
CREATE TABLE enrollments (id bigserial PRIMARY KEY, student_id integer NOT NULL,
  course_id text NOT NULL, semester integer, grade text);
INSERT INTO enrollments (student_id, course_id, semester, grade) SELECT 1 + (g * 7) % 180,
  (1 + g % 60)::text, 1 + g % 8, (1 + g % 6)::text FROM generate_series(1, 360) g;
CREATE TABLE grades (id bigserial PRIMARY KEY, enrollment_id text NOT NULL, points text,
  student_no varchar(10), entered_by text);
INSERT INTO grades (enrollment_id, points, student_no, entered_by) SELECT (1 + g % 360)::text,
  (g % 16)::text, (1 + g % 180)::text, 'T' || 1 + g % 40 FROM generate_series(1, 400) g;
CREATE TABLE exams (id serial PRIMARY KEY, course_id bigint NOT NULL, room text, course_code text, supervised_by text);
INSERT INTO exams (course_id, room, course_code, supervised_by) SELECT 1 + g % 60,
  (1 + g % 40)::text, 'MATH' || 101 + g % 60, 'T' || 1 + g % 40 FROM generate_series(1, 80) g;
CREATE TABLE attendance (id bigserial PRIMARY KEY, enrollment_id varchar(20) NOT NULL, period integer, device_id text);
INSERT INTO attendance (enrollment_id, period, device_id) SELECT (1 + (g * 3) % 360)::text,
  1 + g % 8, (1 + g % 40)::text FROM generate_series(1, 450) g;
CREATE TABLE guardians (id serial PRIMARY KEY, student_id bigint NOT NULL, phone text, passport_no text);
INSERT INTO guardians (student_id, phone, passport_no) SELECT 1 + g % 180, (555000 + g)::text,
  (1 + g % 250)::text FROM generate_series(1, 250) g;
CREATE TABLE library_loans (id bigserial PRIMARY KEY, student_id varchar(10) NOT NULL, isbn text,
  copy_no text, shelf integer);
INSERT INTO library_loans (student_id, isbn, copy_no, shelf)
  SELECT (181 - (1 + (g * 7) % 180))::text, (9780000000000 + g)::text, (1 + g % 4)::text, 1 + g % 60
  FROM generate_series(1, 220) g;
CREATE TABLE student_archive (id integer PRIMARY KEY, student_id integer, class_id text, year text);
INSERT INTO student_archive SELECT g, 1 + g % 240, (1 + g % 85)::text, (1990 + g % 30)::text
  FROM generate_series(1, 300) g;
CREATE TABLE transcripts (id serial PRIMARY KEY, enrollment_id varchar(20), seal_no text);
INSERT INTO transcripts (enrollment_id, seal_no) SELECT lpad(g::text, 6, '0'), (1 + g)::text
  FROM generate_series(1, 60) g;
""",
    means={
        "teachers.id": "classes.teacher_id",
        "rooms.id": "classes.room_id",
        "buildings.id": "rooms.building_id",
        "courses.id": "enrollments.course_id exams.course_id",
        "students.id": "enrollments.student_id guardians.student_id",
        "enrollments.id": "grades.enrollment_id attendance.enrollment_id",
    },
    hopeless={
        "transcripts.enrollment_id": (
            "enrollments.id",
            "padded with zeros: no such text comes back from an integer",
        )
    },
    nots={
        "the user in Moodle": "students.moodle_user_id",
        "a number of the ministry": "students.ministry_id",
        "a year of school, though a table is called grades": "students.grade classes.grade_level",
        "a mark, though a table is called grades": "enrollments.grade grades.points",
        "the number on the door, which two buildings share": "teachers.room_no rooms.number exams.room",
        "a quantity": "courses.credits buildings.floors",
        "a place in the house": "rooms.floor library_loans.shelf",
        "a class at Google": "classes.google_classroom_id",
        "a part of the calendar": "enrollments.semester attendance.period student_archive.year",
        "the business key students.student_no, a text like this one": "grades.student_no library_loans.student_id",
        "the initials of a teacher": "grades.entered_by exams.supervised_by",
        "the business key courses.code": "exams.course_code",
        "a terminal, in no table": "attendance.device_id",
        "a number to call": "guardians.phone",
        "a number of the state": "guardians.passport_no transcripts.seal_no",
        "a number of the book": "library_loans.isbn library_loans.copy_no",
        "an archive, which keeps ids of deleted rows": "student_archive.student_id student_archive.class_id",
    },
)

IOT = _schema(
    "iot",
    """
CREATE TABLE sites (id serial PRIMARY KEY, name text UNIQUE, zone integer);
INSERT INTO sites (name, zone) SELECT 'site ' || g, 1 + g % 5 FROM generate_series(1, 40) g;
CREATE TABLE gateways (id serial PRIMARY KEY, site_id text NOT NULL, lora_gateway_id text, uplink_port text);
INSERT INTO gateways (site_id, lora_gateway_id, uplink_port) SELECT (1 + g % 40)::text,
  (1 + (g * 7) % 45)::text, (1 + g % 24)::text FROM generate_series(1, 45) g;
CREATE TABLE devices (id serial PRIMARY KEY, device_uid text NOT NULL UNIQUE,
  gateway_id integer NOT NULL, client_id text, sim_id text);
INSERT INTO devices (device_uid, gateway_id, client_id, sim_id) SELECT (61 - g)::text, 1 + g % 45,
  'mqtt-' || g, (8949000000 + g)::text FROM generate_series(1, 60) g;
CREATE TABLE sensor_types (id serial PRIMARY KEY, name text UNIQUE);
INSERT INTO sensor_types (name) SELECT 'type ' || g FROM generate_series(1, 25) g;
CREATE TABLE sensors (id bigserial PRIMARY KEY, device_id integer NOT NULL, type_id text NOT NULL,
  channel integer, modbus_address integer, vendor_sensor_id text);
INSERT INTO sensors (device_id, type_id, channel, modbus_address, vendor_sensor_id)
  SELECT 1 + g % 60, (1 + g % 25)::text, 1 + g % 8, 1 + g % 200, (1 + (g * 3) % 180)::text
  FROM generate_series(1, 180) g;
CREATE TABLE readings (id bigint NOT NULL, sensor_id text NOT NULL, taken_on date NOT NULL,
  value text, seq integer) PARTITION BY RANGE (taken_on);
CREATE TABLE readings_2024 PARTITION OF readings FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE readings_2025 PARTITION OF readings FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
INSERT INTO readings SELECT g, (1 + (g * 7) % 180)::text, '2024-03-01'::date + (g * 50 % 600),
  (g % 40)::text, g % 100 FROM generate_series(1, 500) g;
CREATE TABLE alerts (id bigserial PRIMARY KEY, sensor_id varchar(20) NOT NULL, severity integer,
  rule_no text, muted_by text);
INSERT INTO alerts (sensor_id, severity, rule_no, muted_by) SELECT (1 + (g * 11) % 180)::text,
  1 + g % 5, (1 + g % 30)::text, 'cron' FROM generate_series(1, 140) g;
CREATE TABLE firmware (id serial PRIMARY KEY, version text UNIQUE, build integer);
INSERT INTO firmware (version, build) SELECT g::text, 100 + g FROM generate_series(1, 30) g;
CREATE TABLE installs (id bigserial PRIMARY KEY, device_id integer NOT NULL,
  firmware_id text NOT NULL, firmware_version text);
INSERT INTO installs (device_id, firmware_id, firmware_version) SELECT 1 + g % 60,
  (1 + (g * 3) % 30)::text, (1 + (g * 3) % 30)::text FROM generate_series(1, 120) g;
CREATE TABLE commands (id bigserial PRIMARY KEY, gateway_id bigint NOT NULL, request_id text,
  correlation_id uuid, retries text);
INSERT INTO commands (gateway_id, request_id, correlation_id, retries) SELECT 1 + g % 45,
  (1 + g % 90)::text, md5(g::text)::uuid, (g % 3)::text FROM generate_series(1, 150) g;
CREATE TABLE telemetry (id bigserial PRIMARY KEY, device_id varchar(20) NOT NULL, message_id text,
  trace_id text, span_id text, port integer);
INSERT INTO telemetry (device_id, message_id, trace_id, span_id, port)
  SELECT (1 + (g * 7) % 60)::text, (1 + g)::text, md5(g::text), substr(md5(g::text), 1, 16),
  1 + g % 20 FROM generate_series(1, 480) g;
CREATE TABLE device_tokens (id bigserial PRIMARY KEY, token_id text, device_imei text, scope_level integer);
INSERT INTO device_tokens (token_id, device_imei, scope_level) SELECT (1 + (g * 3) % 60)::text,
  (350000000000000 + g)::text, 1 + g % 3 FROM generate_series(1, 60) g;
CREATE TABLE calibrations (id bigserial PRIMARY KEY, sensor_id text, offset_mv text);
INSERT INTO calibrations (sensor_id, offset_mv)
  SELECT CASE g % 3 WHEN 0 THEN '#' || g WHEN 1 THEN g::text ELSE ' ' || g END, (g % 12)::text
  FROM generate_series(1, 90) g;
""",
    means={
        "sites.id": "gateways.site_id",
        "gateways.id": "devices.gateway_id commands.gateway_id",
        "devices.id": "sensors.device_id installs.device_id",
        "sensor_types.id": "sensors.type_id",
        "sensors.id": "readings.sensor_id alerts.sensor_id",
    },
    hopeless={
        "calibrations.sensor_id": ("sensors.id", "three spellings, one of them with a blank"),
        "installs.firmware_id": (
            "firmware.id",
            "the unique firmware.version has the same digits: the data fits both",
        ),
    },
    nots={
        "a part of the map": "sites.zone",
        "an id that the network gave": (
            "gateways.lora_gateway_id devices.client_id devices.sim_id device_tokens.device_imei"
        ),
        "a plug": "gateways.uplink_port sensors.channel sensors.modbus_address telemetry.port",
        "the sensor in the maker's catalogue": "sensors.vendor_sensor_id",
        "a partition: its table speaks for it": "readings_2024.sensor_id readings_2025.sensor_id",
        "a measurement": "readings.value calibrations.offset_mv",
        "a counter": "readings.seq firmware.build commands.retries",
        "a level": "alerts.severity device_tokens.scope_level",
        "a rule in a file": "alerts.rule_no",
        "a program": "alerts.muted_by",
        "the unique firmware.version": "installs.firmware_version",
        "ids of messages": "commands.request_id commands.correlation_id telemetry.message_id telemetry.trace_id "
        "telemetry.span_id",
        "the key devices.device_uid, a text like this one": "telemetry.device_id",
        "a token": "device_tokens.token_id",
    },
)

OAUTH = _schema(
    "oauth",
    """
CREATE TABLE users (id uuid PRIMARY KEY, email text NOT NULL UNIQUE, external_user_id text,
  auth0_id text, ldap_id text);
INSERT INTO users SELECT md5('user' || g)::uuid, 'u' || g || '@example.com',
  md5('before' || g)::uuid::text, 'auth0|' || md5(g::text), (5000 + g)::text
  FROM generate_series(1, 160) g;
CREATE TABLE roles (id serial PRIMARY KEY, name text UNIQUE, level text);
INSERT INTO roles (name, level) SELECT 'role ' || g, (g % 4)::text FROM generate_series(1, 24) g;
CREATE TABLE user_roles (id serial PRIMARY KEY, user_id varchar(36) NOT NULL, role_id text NOT NULL, granted_by text);
INSERT INTO user_roles (user_id, role_id, granted_by) SELECT md5('user' || 1 + g % 160)::uuid::text,
  (1 + g % 24)::text, 'admin' FROM generate_series(1, 220) g;
CREATE TABLE oauth_clients (id serial PRIMARY KEY, client_id text NOT NULL UNIQUE,
  owner_id text NOT NULL, tenant_id uuid);
INSERT INTO oauth_clients (client_id, owner_id, tenant_id) SELECT (31 - g)::text,
  md5('user' || g)::uuid::text, md5('tenant' || g % 3)::uuid FROM generate_series(1, 30) g;
CREATE TABLE access_tokens (id bigserial PRIMARY KEY, client_id text NOT NULL,
  user_id text NOT NULL, token_id uuid, scope text);
INSERT INTO access_tokens (client_id, user_id, token_id, scope) SELECT (1 + (g * 7) % 30)::text,
  md5('user' || 1 + (g * 3) % 160)::uuid::text, md5('t' || g)::uuid, (g % 8)::text
  FROM generate_series(1, 300) g;
CREATE TABLE refresh_tokens (id bigserial PRIMARY KEY, access_token_id text NOT NULL,
  oauth_client_id text, family text);
INSERT INTO refresh_tokens (access_token_id, oauth_client_id, family)
  SELECT (1 + (g * 7) % 300)::text, (1 + g % 30)::text, md5(g::text) FROM generate_series(1, 200) g;
CREATE TABLE authorization_codes (id bigserial PRIMARY KEY, client_id varchar(80) NOT NULL,
  user_id uuid NOT NULL, nonce text);
INSERT INTO authorization_codes (client_id, user_id, nonce) SELECT (1 + g % 30)::text,
  md5('user' || 1 + g % 160)::uuid, (g * 7)::text FROM generate_series(1, 90) g;
CREATE TABLE identities (id bigserial PRIMARY KEY, user_id text NOT NULL, provider_user_id text,
  provider_account_id text, github_user_id text);
INSERT INTO identities (user_id, provider_user_id, provider_account_id, github_user_id)
  SELECT md5('user' || 1 + (g * 7) % 160)::uuid::text, md5('provider' || g)::uuid::text,
    (1 + g)::text, (40000 + g)::text FROM generate_series(1, 170) g;
CREATE TABLE sessions (id uuid PRIMARY KEY, user_id uuid NOT NULL, session_id text UNIQUE, device_id text);
INSERT INTO sessions SELECT md5('s' || g)::uuid, md5('user' || 1 + g % 160)::uuid, md5('x' || g),
  md5('d' || g % 60)::uuid::text FROM generate_series(1, 200) g;
CREATE TABLE consents (id bigserial PRIMARY KEY, user_id text NOT NULL, policy_version integer, given_by text);
INSERT INTO consents (user_id, policy_version, given_by)
  SELECT md5('user' || 1 + (g * 3) % 160)::uuid::text, 1 + g % 4, 'web'
  FROM generate_series(1, 140) g;
CREATE TABLE login_attempts (id bigserial PRIMARY KEY, user_id text, request_id text, attempt integer, session_id text);
INSERT INTO login_attempts (user_id, request_id, attempt, session_id)
  SELECT (ARRAY['admin', 'root', 'u' || g || '@example.com'])[1 + g % 3],
  md5('request' || g)::uuid::text, 1 + g % 20,
  md5('x' || 1 + g % 250) FROM generate_series(1, 260) g;
CREATE TABLE password_resets (id bigserial PRIMARY KEY, user_id text, hash text);
INSERT INTO password_resets (user_id, hash) SELECT md5('user' || g)::uuid::text, md5(g::text)
  FROM generate_series(1, 8) g;
""",
    means={
        "users.id": "user_roles.user_id oauth_clients.owner_id access_tokens.user_id identities.user_id "
        "consents.user_id authorization_codes.user_id sessions.user_id",
        "roles.id": "user_roles.role_id",
        "access_tokens.id": "refresh_tokens.access_token_id",
    },
    hopeless={"password_resets.user_id": ("users.id", "eight rows")},
    nots={
        "the user in the system before this one": "users.external_user_id",
        "the user in another company's directory": "users.auth0_id users.ldap_id identities.provider_user_id"
        " identities.provider_account_id identities.github_user_id",
        "a level": "roles.level",
        "a name": "user_roles.granted_by consents.given_by",
        "a tenant of the cloud": "oauth_clients.tenant_id",
        "the unique oauth_clients.client_id, a text like this one": (
            "access_tokens.client_id refresh_tokens.oauth_client_id authorization_codes.client_id"
        ),
        "what the token carries": "access_tokens.token_id access_tokens.scope refresh_tokens.family "
        "authorization_codes.nonce",
        "the unique sessions.session_id, or what a browser sent": "login_attempts.session_id",
        "a web session": "sessions.session_id",
        "a browser": "sessions.device_id",
        "a version": "consents.policy_version",
        "what somebody typed": "login_attempts.user_id",
        "a trace": "login_attempts.request_id",
        "a counter": "login_attempts.attempt",
    },
)

ERP = _schema(
    "erp",
    """
CREATE TABLE customers (id serial PRIMARY KEY, customer_code varchar(10) NOT NULL UNIQUE, sap_id text);
INSERT INTO customers (customer_code, sap_id) SELECT (121 - g)::text, (1 + (g * 7) % 120)::text
  FROM generate_series(1, 120) g;
CREATE TABLE vendors (id serial PRIMARY KEY, vendor_no varchar(10) NOT NULL UNIQUE, legacy_vendor_no text);
INSERT INTO vendors (vendor_no, legacy_vendor_no) SELECT 'V' || 100 + g, (1 + (g * 3) % 70)::text
  FROM generate_series(1, 70) g;
CREATE TABLE materials (id serial PRIMARY KEY, material_no varchar(18) NOT NULL UNIQUE,
  material_group text, abc_class integer);
INSERT INTO materials (material_no, material_group, abc_class)
  SELECT 'MAT' || lpad(g::text, 8, '0'), (1 + g % 40)::text, 1 + g % 3
  FROM generate_series(1, 150) g;
CREATE TABLE plants (id serial PRIMARY KEY, plant_code varchar(4) NOT NULL UNIQUE, company_code text);
INSERT INTO plants (plant_code, company_code) SELECT (41 - g)::text, (1 + g % 4)::text FROM generate_series(1, 40) g;
CREATE TABLE sales_orders (id serial PRIMARY KEY, customer_id varchar(10) NOT NULL,
  plant varchar(4), order_no varchar(10) NOT NULL UNIQUE, created_by varchar(12), sales_org text);
INSERT INTO sales_orders (customer_id, plant, order_no, created_by, sales_org)
  SELECT (1 + (g * 7) % 120)::text, (1 + g % 40)::text, 'A' || 4500 + g,
    (ARRAY['MUELLER', 'SCHMIDT', 'BATCH01'])[1 + g % 3], (1 + g % 9)::text
    FROM generate_series(1, 240) g;
CREATE TABLE sales_order_items (id bigserial PRIMARY KEY, sales_order_id varchar(10) NOT NULL,
  material_id text NOT NULL, material_no varchar(18), item_no text);
INSERT INTO sales_order_items (sales_order_id, material_id, material_no, item_no)
  SELECT (1 + g % 240)::text, (1 + (g * 7) % 150)::text,
    'MAT' || lpad((1 + (g * 7) % 150)::text, 8, '0'), (10 * (1 + g / 240))::text
    FROM generate_series(1, 480) g;
CREATE TABLE purchase_orders (id serial PRIMARY KEY, vendor_id text NOT NULL, buyer_group text,
  order_no text, released_by text);
INSERT INTO purchase_orders (vendor_id, buyer_group, order_no, released_by)
  SELECT (1 + (g * 3) % 70)::text, (1 + g % 12)::text, (1 + g % 200)::text, 'SCHMIDT'
  FROM generate_series(1, 200) g;
CREATE TABLE goods_receipts (id serial PRIMARY KEY, purchase_order_id text NOT NULL,
  vendor_no varchar(10), movement_type text, delivery_note_id text);
INSERT INTO goods_receipts (purchase_order_id, vendor_no, movement_type, delivery_note_id)
  SELECT (1 + g % 200)::text, 'V' || 101 + g % 70, (101 + g % 3)::text, (1 + g % 90)::text
  FROM generate_series(1, 210) g;
CREATE TABLE deliveries (id serial PRIMARY KEY, salesorderid varchar(10) NOT NULL,
  shipping_point text, remote_order_id text);
INSERT INTO deliveries (salesorderid, shipping_point, remote_order_id)
  SELECT (1 + (g * 7) % 240)::text, (1 + g % 20)::text, (1 + (g * 11) % 230)::text
  FROM generate_series(1, 170) g;
CREATE TABLE stock (id serial PRIMARY KEY, plantid integer NOT NULL, material_id integer NOT NULL,
  storage_bin text, batch_no integer);
INSERT INTO stock (plantid, material_id, storage_bin, batch_no) SELECT 1 + g % 40, 1 + g % 150,
  (1 + g % 99)::text, 1 + g % 30 FROM generate_series(1, 300) g;
CREATE TABLE gl_accounts (id serial PRIMARY KEY, account_no varchar(10) NOT NULL UNIQUE, parent_id integer);
INSERT INTO gl_accounts (account_no, parent_id) SELECT (81 - g)::text,
  CASE WHEN g > 9 THEN 1 + g % 9 END FROM generate_series(1, 80) g;
CREATE TABLE cost_centers (id serial PRIMARY KEY, code varchar(10) NOT NULL UNIQUE);
INSERT INTO cost_centers (code) SELECT (51 - g)::text FROM generate_series(1, 50) g;
CREATE TABLE journal_entries (id bigserial PRIMARY KEY, gl_account varchar(10),
  gl_account_id varchar(10), cost_center varchar(10), document_no text, line_no integer,
  fiscal_year integer);
INSERT INTO journal_entries (gl_account, gl_account_id, cost_center, document_no, line_no, fiscal_year)
  SELECT (1 + g % 80)::text, (1 + g % 80)::text, (1 + (g * 3) % 50)::text, (1 + g / 2)::text,
    1 + g % 2, 2020 + g % 5 FROM generate_series(1, 400) g;
CREATE TABLE idocs (id bigserial PRIMARY KEY, message_id text, customer_no text, partner_id text);
INSERT INTO idocs (message_id, customer_no, partner_id) SELECT (1 + g)::text, (1 + g % 120)::text,
  (1 + g % 70)::text FROM generate_series(1, 130) g;
CREATE TABLE quotes (id serial PRIMARY KEY, material_id varchar(18), price text);
INSERT INTO quotes (material_id, price)
  SELECT CASE WHEN g % 2 = 0 THEN (1 + g % 150)::text ELSE 'MAT' || lpad(g::text, 8, '0') END, (g * 3)::text
    FROM generate_series(1, 100) g;
""",
    means={
        "sales_orders.id": "sales_order_items.sales_order_id deliveries.salesorderid",
        "materials.id": "sales_order_items.material_id stock.material_id",
        "vendors.id": "purchase_orders.vendor_id",
        "purchase_orders.id": "goods_receipts.purchase_order_id",
        "plants.id": "stock.plantid",
        "gl_accounts.id": "gl_accounts.parent_id",
    },
    hopeless={"quotes.material_id": ("materials.id", "half of it are material numbers")},
    nots={
        "the customer in SAP": "customers.sap_id",
        "the number of the vendor before the move": "vendors.legacy_vendor_no",
        "a group that no table holds": "materials.material_group materials.abc_class plants.company_code "
        "sales_orders.sales_org purchase_orders.buyer_group",
        "the business key customers.customer_code, a text like this one": "sales_orders.customer_id idocs.customer_no",
        "the business key plants.plant_code, a text like this one": "sales_orders.plant",
        "the login of a person": "sales_orders.created_by purchase_orders.released_by",
        "the business key materials.material_no": "sales_order_items.material_no",
        "a counter": "sales_order_items.item_no stock.batch_no journal_entries.document_no journal_entries.line_no",
        "its own number": "purchase_orders.order_no",
        "the business key vendors.vendor_no": "goods_receipts.vendor_no",
        "a code of the program": "goods_receipts.movement_type deliveries.shipping_point",
        "a paper of the vendor": "goods_receipts.delivery_note_id",
        "the order in the carrier's books": "deliveries.remote_order_id",
        "a place": "stock.storage_bin",
        "the business key gl_accounts.account_no, a text like this one": (
            "journal_entries.gl_account journal_entries.gl_account_id"
        ),
        "the business key cost_centers.code, a text like this one": "journal_entries.cost_center",
        "a year": "journal_entries.fiscal_year",
        "an id of the message": "idocs.message_id idocs.partner_id",
    },
)

WEB = _schema(
    "web",
    """
CREATE TABLE sites (id serial PRIMARY KEY, domain text UNIQUE);
INSERT INTO sites (domain) SELECT 's' || g || '.example.com' FROM generate_series(1, 35) g;
CREATE TABLE users (id bigint PRIMARY KEY, hubspot_contact_id text, cohort text);
INSERT INTO users SELECT 1000 + g, (1000 + 1 + (g * 7) % 150)::text, (g % 12)::text FROM generate_series(1, 150) g;
CREATE TABLE campaigns (id serial PRIMARY KEY, name text, facebook_campaign_id text, budget text);
INSERT INTO campaigns (name, facebook_campaign_id, budget) SELECT 'campaign ' || g,
  (23840000000 + g)::text, (g * 100)::text FROM generate_series(1, 45) g;
CREATE TABLE experiments (id serial PRIMARY KEY, key text UNIQUE, traffic integer);
INSERT INTO experiments (key, traffic) SELECT 'exp_' || g, 10 * (1 + g % 10) FROM generate_series(1, 28) g;
CREATE TABLE variants (id serial PRIMARY KEY, experiment_id text NOT NULL, "index" integer);
INSERT INTO variants (experiment_id, "index") SELECT (1 + g % 28)::text, 1 + g / 28 FROM generate_series(0, 69) g;
CREATE TABLE assignments (id bigserial PRIMARY KEY, variant_id text NOT NULL, user_id bigint NOT NULL, bucket integer);
INSERT INTO assignments (variant_id, user_id, bucket) SELECT (1 + g % 70)::text, 1001 + g % 150,
  1 + g % 100 FROM generate_series(1, 250) g;
CREATE TABLE pageviews (id bigserial PRIMARY KEY, site_id varchar(10) NOT NULL, visitor_id text,
  duration text, scroll_depth integer);
INSERT INTO pageviews (site_id, visitor_id, duration, scroll_depth) SELECT (1 + g % 35)::text,
  (1000 + g % 200)::text, (g % 300)::text, 1 + g % 100 FROM generate_series(1, 450) g;
CREATE TABLE events (id bigserial PRIMARY KEY, user_id text, anonymous_id text, session_id text,
  message_id text, device_id text, external_user_id text, order_id text, context_id text);
INSERT INTO events (user_id, anonymous_id, session_id, message_id, device_id, external_user_id, order_id, context_id)
  SELECT CASE WHEN g % 4 > 0 THEN (1001 + (g * 7) % 150)::text END, md5(g::text)::uuid::text,
    (1 + g % 140)::text, md5('m' || g), md5('d' || g % 40),
    (1001 + (g * 11) % 150)::text, (1 + g % 90)::text, (g % 33)::text FROM generate_series(1, 480) g;
CREATE TABLE conversions (id bigserial PRIMARY KEY, campaign_id text NOT NULL,
  site_id integer NOT NULL, transaction_id text, google_click_id text, value text);
INSERT INTO conversions (campaign_id, site_id, transaction_id, google_click_id, value)
  SELECT (1 + (g * 7) % 45)::text, 1 + g % 35, (1 + g % 200)::text, 'Cj0' || md5(g::text),
  (g % 90)::text FROM generate_series(1, 200) g;
CREATE TABLE goals (id serial PRIMARY KEY, site_id integer NOT NULL, priority integer, created_by text);
INSERT INTO goals (site_id, priority, created_by) SELECT 1 + g % 35, 1 + g % 20, 'anna' FROM generate_series(1, 60) g;
CREATE TABLE events_2023 (id bigint PRIMARY KEY, user_id text, session_id text);
INSERT INTO events_2023 SELECT g, (1001 + g % 150)::text, (1 + g % 90)::text FROM generate_series(1, 300) g;
CREATE TABLE users_snapshot (id bigint PRIMARY KEY, user_id bigint, site_id text, taken_on date);
INSERT INTO users_snapshot SELECT g, 1001 + g % 170, (1 + g % 35)::text, '2024-01-01' FROM generate_series(1, 340) g;
CREATE TABLE dim_customer (customer_key integer PRIMARY KEY, customer_id text, segment integer);
INSERT INTO dim_customer SELECT g, (1 + (g * 3) % 90)::text, 1 + g % 6 FROM generate_series(1, 90) g;
CREATE TABLE fact_sales (id bigserial PRIMARY KEY, customer_key bigint NOT NULL, date_id integer,
  site_id text, store_no text);
INSERT INTO fact_sales (customer_key, date_id, site_id, store_no) SELECT 1 + g % 90,
  20240101 + g % 28, (1 + (g * 3) % 35)::text, (1 + g % 30)::text FROM generate_series(1, 280) g;
CREATE TABLE exports (id serial PRIMARY KEY, campaign_id text, job_id text, rows text);
INSERT INTO exports (campaign_id, job_id, rows)
  SELECT CASE WHEN g % 2 = 0 THEN 'all' ELSE g::text END, (1 + g)::text, (g * 1000)::text
  FROM generate_series(1, 40) g;
""",
    means={
        "sites.id": "pageviews.site_id fact_sales.site_id conversions.site_id goals.site_id",
        "users.id": "events.user_id assignments.user_id",
        "campaigns.id": "conversions.campaign_id",
        "experiments.id": "variants.experiment_id",
        "variants.id": "assignments.variant_id",
        "dim_customer.customer_key": "fact_sales.customer_key",
    },
    hopeless={"exports.campaign_id": ("campaigns.id", "ids, and the word all; twenty ids")},
    nots={
        "a contact of HubSpot": "users.hubspot_contact_id",
        "a group that no table holds": "users.cohort dim_customer.segment",
        "a campaign at Facebook": "campaigns.facebook_campaign_id",
        "an amount": "campaigns.budget pageviews.duration pageviews.scroll_depth conversions.value "
        "experiments.traffic exports.rows",
        "a counter": "variants.index assignments.bucket goals.priority",
        "a browser or a visit": "pageviews.visitor_id events.anonymous_id events.session_id events.device_id",
        "an id of the message": "events.message_id events.context_id",
        "the user in the customer's own books": "events.external_user_id",
        "an order in the shop, which is another database": "events.order_id conversions.transaction_id",
        "a click at Google": "conversions.google_click_id",
        "a name": "goals.created_by",
        "a copy of a year, which keeps ids of deleted rows": "events_2023.user_id events_2023.session_id",
        "a snapshot, which keeps ids of deleted rows": "users_snapshot.user_id users_snapshot.site_id",
        "the customer in the system that it was loaded from": "dim_customer.customer_id",
        "a day": "fact_sales.date_id",
        "a shop, in no table": "fact_sales.store_no",
        "a job of the scheduler": "exports.job_id",
    },
)

SUPPORT = _schema(
    "support",
    """
CREATE TABLE "User" (id serial PRIMARY KEY, email text UNIQUE, "githubId" text, "legacyUserId" varchar(20));
INSERT INTO "User" (email, "githubId", "legacyUserId") SELECT 'u' || g || '@example.com',
  (70000 + g)::text, (1 + (g * 7) % 110)::text FROM generate_series(1, 110) g;
CREATE TABLE "Team" (id serial PRIMARY KEY, slug text UNIQUE, tier integer);
INSERT INTO "Team" (slug, tier) SELECT 'team-' || g, 1 + g % 3 FROM generate_series(1, 30) g;
CREATE TABLE "Membership" (id serial PRIMARY KEY, "userId" text NOT NULL, "teamId" integer NOT NULL, "invitedBy" text);
INSERT INTO "Membership" ("userId", "teamId", "invitedBy") SELECT (1 + g % 110)::text, 1 + g % 30,
  'u' || g || '@example.com' FROM generate_series(1, 150) g;
CREATE TABLE "Ticket" (id bigserial PRIMARY KEY, "number" integer, "assigneeId" text,
  "requesterId" integer NOT NULL, "teamId" text NOT NULL, "externalId" text, "zendeskTicketId" text,
  "slackThreadId" text, "lockedBy" text, priority integer);
INSERT INTO "Ticket" ("number", "assigneeId", "requesterId", "teamId", "externalId",
  "zendeskTicketId", "slackThreadId", "lockedBy", priority)
  SELECT g, CASE WHEN g % 3 > 0 THEN (1 + g % 40)::text END, 1 + (g * 7) % 110, (1 + g % 30)::text,
    'EXT-' || g, (1 + (g * 7) % 260)::text, '17000' || g || '.0001', NULL, 1 + g % 4
    FROM generate_series(1, 260) g;
CREATE TABLE "Comment" (id bigserial PRIMARY KEY, "ticketId" text NOT NULL,
  "authorId" varchar(20) NOT NULL, "parentId" bigint, "emailMessageId" text);
INSERT INTO "Comment" ("ticketId", "authorId", "parentId", "emailMessageId")
  SELECT (1 + g % 260)::text, (1 + (g * 3) % 110)::text, CASE WHEN g % 5 = 0 THEN g / 5 END,
  (1 + (g * 3) % 400)::text FROM generate_series(1, 420) g;
CREATE TABLE "Attachment" (id serial PRIMARY KEY, "commentId" varchar(20) NOT NULL, "storageKey" text, pages text);
INSERT INTO "Attachment" ("commentId", "storageKey", pages) SELECT (1 + (g * 7) % 420)::text,
  md5(g::text), (1 + g % 9)::text FROM generate_series(1, 130) g;
CREATE TABLE "Account" (id text PRIMARY KEY, "userId" integer NOT NULL, provider text, "providerAccountId" text);
INSERT INTO "Account" SELECT 'ck' || md5(g::text), 1 + g % 110, 'github', (1 + (g * 3) % 120)::text
  FROM generate_series(1, 120) g;
CREATE TABLE "Activity" (id bigserial PRIMARY KEY, "ticketId" text, "ticketType" text,
  "requestId" text, "teamVersion" integer);
INSERT INTO "Activity" ("ticketId", "ticketType", "requestId", "teamVersion")
  SELECT (1 + g % 200)::text, (ARRAY['Ticket', 'Comment', 'Team'])[1 + g % 3], md5(g::text),
  1 + g % 5 FROM generate_series(1, 200) g;
CREATE TABLE "TicketHistory" (id bigserial PRIMARY KEY, "ticketId" text NOT NULL, "teamId" text, "changedBy" text);
INSERT INTO "TicketHistory" ("ticketId", "teamId", "changedBy") SELECT (1 + g % 280)::text,
  (1 + g % 30)::text, 'bot' FROM generate_series(1, 420) g;
CREATE TABLE "Session" (id serial PRIMARY KEY, "sessionToken" text, "clientTicketId" text);
INSERT INTO "Session" ("sessionToken", "clientTicketId") SELECT md5(g::text), (1 + g % 200)::text
  FROM generate_series(1, 200) g;
CREATE TABLE "Survey" (id serial PRIMARY KEY, "ticketId" text, stars text);
INSERT INTO "Survey" ("ticketId", stars) SELECT g::text, (1 + g % 5)::text FROM generate_series(1, 15) g;
""",
    means={
        "User.id": "Membership.userId Ticket.assigneeId Comment.authorId Ticket.requesterId Account.userId",
        "Team.id": "Ticket.teamId Membership.teamId",
        "Ticket.id": "Comment.ticketId",
        "Comment.id": "Attachment.commentId Comment.parentId",
    },
    hopeless={"Survey.ticketId": ("Ticket.id", "fifteen rows")},
    nots={
        "the user at GitHub": "User.githubId",
        "the user in the program before this one": "User.legacyUserId",
        "a level": "Team.tier Ticket.priority",
        "a name": "Membership.invitedBy Ticket.lockedBy TicketHistory.changedBy",
        "a counter": "Ticket.number Activity.teamVersion",
        "the ticket in another system": "Ticket.externalId Ticket.zendeskTicketId Session.clientTicketId",
        "ids of messages": "Ticket.slackThreadId Comment.emailMessageId Activity.requestId",
        "an object in a store": "Attachment.storageKey",
        "a quantity": "Attachment.pages Survey.stars",
        "the account at the provider": "Account.providerAccountId",
        "of any table: ticketType says which": "Activity.ticketId",
        "a history, which keeps ids of deleted rows": "TicketHistory.ticketId TicketHistory.teamId",
        "a web session": "Session.sessionToken",
    },
)

BANK = _schema(
    "bank",
    """
CREATE TABLE branches (id serial PRIMARY KEY, sort_code text UNIQUE, region integer);
INSERT INTO branches (sort_code, region) SELECT '20-00-' || lpad(g::text, 2, '0'), 1 + g % 6
  FROM generate_series(1, 40) g;
CREATE TABLE customers (id bigserial PRIMARY KEY, crm_id text, risk_class integer, tax_no text);
INSERT INTO customers (crm_id, risk_class, tax_no) SELECT (1 + (g * 7) % 130)::text, 1 + g % 5,
  (990000 + g)::text FROM generate_series(1, 130) g;
CREATE TABLE accounts (id bigserial PRIMARY KEY, account_no varchar(12) NOT NULL UNIQUE,
  customer_id bigint NOT NULL, branch_id text NOT NULL, product_code text);
INSERT INTO accounts (account_no, customer_id, branch_id, product_code) SELECT (211 - g)::text,
  1 + g % 130, (1 + g % 40)::text, (1 + g % 9)::text FROM generate_series(1, 210) g;
DELETE FROM accounts WHERE id > 200;
CREATE TABLE cards (id serial PRIMARY KEY, customer_id varchar(20) NOT NULL, pan_last4 text,
  token_id text, issuer_card_id text);
INSERT INTO cards (customer_id, pan_last4, token_id, issuer_card_id) SELECT (1 + g % 130)::text,
  (1000 + g)::text, md5(g::text), (1 + (g * 7) % 140)::text FROM generate_series(1, 140) g;
CREATE TABLE transfers (id bigserial PRIMARY KEY, source_account_id bigint NOT NULL,
  destination_account_id bigint, end_to_end_id text, transaction_id text, batch_id integer,
  approved_by text);
INSERT INTO transfers (source_account_id, destination_account_id, end_to_end_id, transaction_id, batch_id, approved_by)
  SELECT 1 + g % 200, 1 + (g * 7) % 200, (1 + (g * 3) % 260)::text, (1 + g % 200)::text, 1 + g % 40,
    'jdoe' FROM generate_series(1, 260) g;
CREATE TABLE ledger_entries (id bigserial PRIMARY KEY, transfer_id text NOT NULL,
  account_id bigint NOT NULL, reference_no text, batch_no integer, posted_by text);
INSERT INTO ledger_entries (transfer_id, account_id, reference_no, batch_no, posted_by)
  SELECT (1 + g / 2)::text, 1 + g % 200, (1 + g)::text, 1 + g % 40, 'nightly'
  FROM generate_series(1, 500) g;
CREATE TABLE loans (id serial PRIMARY KEY, customer_id text NOT NULL, external_loan_id text, term text);
INSERT INTO loans (customer_id, external_loan_id, term) SELECT (1 + (g * 7) % 130)::text,
  (1 + (g * 3) % 80)::text, (12 * (1 + g % 20))::text FROM generate_series(1, 80) g;
CREATE TABLE loan_payments (id serial PRIMARY KEY, loan_id varchar(10) NOT NULL, instalment integer, bank_code text);
INSERT INTO loan_payments (loan_id, instalment, bank_code) SELECT (1 + g % 80)::text, 1 + g / 80,
  (10000 + g % 30)::text FROM generate_series(1, 300) g;
CREATE TABLE payees (id serial PRIMARY KEY, customer_id bigint NOT NULL, account_no text, bank_ref text);
INSERT INTO payees (customer_id, account_no, bank_ref) SELECT 1 + g % 130, (1 + g % 200)::text,
  (1 + g % 60)::text FROM generate_series(1, 160) g;
CREATE TABLE standing_orders (id serial PRIMARY KEY, account_id varchar(12) NOT NULL, day text, payee_id text NOT NULL);
INSERT INTO standing_orders (account_id, day, payee_id) SELECT (11 + g % 200)::text,
  (1 + g % 28)::text, (1 + (g * 7) % 160)::text FROM generate_series(1, 200) g;
CREATE TABLE ledger_archive (id bigint PRIMARY KEY, account_id bigint, transfer_id text);
INSERT INTO ledger_archive SELECT g, 1 + g % 210, (1 + g % 270)::text FROM generate_series(1, 270) g;
CREATE TABLE complaints (id serial PRIMARY KEY, transfer_id varchar(20), topic_code text);
INSERT INTO complaints (transfer_id, topic_code)
  SELECT CASE g % 3 WHEN 0 THEN 'n/a' WHEN 1 THEN g::text ELSE 'card ' || g END, (1 + g % 8)::text
  FROM generate_series(1, 60) g;
""",
    means={
        "branches.id": "accounts.branch_id",
        "customers.id": "cards.customer_id loans.customer_id accounts.customer_id payees.customer_id",
        "accounts.id": "transfers.source_account_id transfers.destination_account_id ledger_entries.account_id",
        "transfers.id": "ledger_entries.transfer_id",
        "loans.id": "loan_payments.loan_id",
        "payees.id": "standing_orders.payee_id",
    },
    hopeless={"complaints.transfer_id": ("transfers.id", "a third are ids, the rest are notes")},
    nots={
        "a part of the country": "branches.region",
        "the customer in the CRM": "customers.crm_id",
        "a level": "customers.risk_class",
        "a number of the tax office": "customers.tax_no",
        "a code that no table holds": "accounts.product_code loan_payments.bank_code complaints.topic_code",
        "a part of a card": "cards.pan_last4 cards.token_id",
        "the card in the issuer's books": "cards.issuer_card_id",
        "what the sending bank made up": "transfers.end_to_end_id payees.bank_ref ledger_entries.reference_no",
        "an id of the clearing": "transfers.transaction_id",
        "a run of the night, in no table": "transfers.batch_id ledger_entries.batch_no",
        "a name": "transfers.approved_by ledger_entries.posted_by",
        "the loan in the other bank's books": "loans.external_loan_id",
        "an amount": "loans.term loan_payments.instalment standing_orders.day",
        "the business key accounts.account_no, or one like it elsewhere": "payees.account_no",
        "the business key accounts.account_no, a text like this one": "standing_orders.account_id",
        "an archive, which keeps ids of deleted rows": "ledger_archive.account_id ledger_archive.transfer_id",
    },
)

HOTEL = _schema(
    "hotel",
    """
CREATE TABLE hotels (id serial PRIMARY KEY, name text UNIQUE, stars integer);
INSERT INTO hotels (name, stars) SELECT 'hotel ' || g, 1 + g % 5 FROM generate_series(1, 30) g;
CREATE TABLE room_types (id serial PRIMARY KEY, code text UNIQUE, beds text);
INSERT INTO room_types (code, beds) SELECT 'RT' || g, (1 + g % 4)::text FROM generate_series(1, 28) g;
CREATE TABLE rooms (id serial PRIMARY KEY, fk_hotel text NOT NULL, fk_room_type text NOT NULL,
  room_no text, floor integer);
INSERT INTO rooms (fk_hotel, fk_room_type, room_no, floor) SELECT (1 + g % 30)::text,
  (1 + (g * 5) % 28)::text, (1 + g % 75)::text, 1 + g % 9 FROM generate_series(1, 150) g;
CREATE TABLE guests (id serial PRIMARY KEY, email text UNIQUE, loyalty_no text, passport_no text,
  old_guest_id varchar(10));
INSERT INTO guests (email, loyalty_no, passport_no, old_guest_id) SELECT 'g' || g || '@example.com',
  (1 + g)::text, 'X' || 10000 + g, (1 + (g * 7) % 140)::text FROM generate_series(1, 140) g;
CREATE TABLE bookings (id bigserial PRIMARY KEY, id_guest varchar(20) NOT NULL,
  booking_ref text UNIQUE, channel_booking_id text, ota_reservation_id text, adults text,
  old_booking_id text);
INSERT INTO bookings (id_guest, booking_ref, channel_booking_id, ota_reservation_id, adults, old_booking_id)
  SELECT (1 + (g * 7) % 140)::text, substr(md5(g::text), 1, 6), (1 + (g * 11) % 250)::text,
    (70000 + g)::text, (1 + g % 4)::text, (1 + (g * 3) % 240)::text FROM generate_series(1, 250) g;
CREATE TABLE stays (id bigserial PRIMARY KEY, booking_id text NOT NULL, room_id text NOT NULL,
  key_card_id text, room_no text, checked_in_by text);
INSERT INTO stays (booking_id, room_id, key_card_id, room_no, checked_in_by)
  SELECT (1 + g % 250)::text, (1 + (g * 3) % 150)::text, (1 + g % 90)::text, (1 + g % 75)::text,
  'desk' FROM generate_series(1, 270) g;
CREATE TABLE rates (id serial PRIMARY KEY, room_type_id integer NOT NULL, season integer, channel text);
INSERT INTO rates (room_type_id, season, channel) SELECT 1 + g % 28, 1 + g % 4, (1 + g % 6)::text
  FROM generate_series(1, 110) g;
CREATE TABLE reviews (id serial PRIMARY KEY, fk_booking bigint NOT NULL, score text, tripadvisor_id text);
INSERT INTO reviews (fk_booking, score, tripadvisor_id) SELECT 1 + g % 250, (1 + g % 10)::text,
  (800000 + g)::text FROM generate_series(1, 100) g;
CREATE TABLE extras (id serial PRIMARY KEY, stay_id text NOT NULL, item text, voucher_no text);
INSERT INTO extras (stay_id, item, voucher_no) SELECT (1 + (g * 7) % 270)::text, (1 + g % 30)::text,
  (1 + g % 80)::text FROM generate_series(1, 190) g;
CREATE TABLE housekeeping (id serial PRIMARY KEY, room_id integer NOT NULL, cleaned_by text, minutes text);
INSERT INTO housekeeping (room_id, cleaned_by, minutes) SELECT 1 + g % 150, 'team ' || g % 4,
  (15 + g % 30)::text FROM generate_series(1, 220) g;
CREATE TABLE lost_items (id serial PRIMARY KEY, stay_id text, tag_no text);
INSERT INTO lost_items (stay_id, tag_no) SELECT (g * 13)::text, (1 + g)::text FROM generate_series(1, 17) g;
""",
    means={
        "hotels.id": "rooms.fk_hotel",
        "room_types.id": "rooms.fk_room_type rates.room_type_id",
        "guests.id": "bookings.id_guest",
        "bookings.id": "stays.booking_id reviews.fk_booking",
        "rooms.id": "stays.room_id housekeeping.room_id",
        "stays.id": "extras.stay_id",
    },
    hopeless={"lost_items.stay_id": ("stays.id", "seventeen rows")},
    nots={
        "a quantity": "hotels.stars room_types.beds bookings.adults reviews.score housekeeping.minutes",
        "the number on the door, which two hotels share": "rooms.room_no stays.room_no",
        "a place in the house": "rooms.floor",
        "a card or paper": "guests.loyalty_no guests.passport_no stays.key_card_id extras.voucher_no lost_items.tag_no",
        "the guest in the program before this one": "guests.old_guest_id",
        "the booking in the program before this one": "bookings.old_booking_id",
        "the booking in the channel's books": "bookings.channel_booking_id bookings.ota_reservation_id",
        "a name": "stays.checked_in_by housekeeping.cleaned_by",
        "a code that no table holds": "rates.season rates.channel extras.item",
        "the review elsewhere": "reviews.tripadvisor_id",
    },
)

APP = _schema(
    "app",
    """
CREATE TABLE app_user (id bigserial PRIMARY KEY, username text UNIQUE, legacy_user_id varchar(20));
INSERT INTO app_user (username, legacy_user_id) SELECT 'user' || g, g::text FROM generate_series(1, 100) g;
CREATE TABLE app_project (id bigserial PRIMARY KEY, owner_id text NOT NULL, trello_board_id text,
  color_id integer, budget text);
INSERT INTO app_project (owner_id, trello_board_id, color_id, budget)
  SELECT (1 + (g * 7) % 100)::text, md5(g::text), 1 + g % 12, (g * 10)::text
  FROM generate_series(1, 60) g;
CREATE TABLE app_milestone (id bigserial PRIMARY KEY, project_id integer NOT NULL, rank integer);
INSERT INTO app_milestone (project_id, rank) SELECT 1 + g % 60, 1 + g / 60 FROM generate_series(0, 139) g;
CREATE TABLE app_task (id bigserial PRIMARY KEY, project_id text NOT NULL, milestone_id varchar(20),
  assignee_id text, created_by varchar(20), jira_issue_id text, celery_task_id text, estimate text,
  "order" integer);
INSERT INTO app_task (project_id, milestone_id, assignee_id, created_by, jira_issue_id,
  celery_task_id, estimate, "order")
  SELECT (1 + g % 60)::text, (1 + (g * 3) % 140)::text,
    CASE WHEN g % 2 = 0 THEN (1 + g % 100)::text END, (1 + (g * 11) % 100)::text,
    (1 + (g * 7) % 250)::text,
    md5(g::text)::uuid::text, (1 + g % 13)::text, g % 30 FROM generate_series(1, 260) g;
CREATE TABLE app_comment (id bigserial PRIMARY KEY, task_id text NOT NULL, user_id bigint NOT NULL,
  in_reply_to_id text, client_comment_id text);
INSERT INTO app_comment (task_id, user_id, in_reply_to_id, client_comment_id)
  SELECT (1 + (g * 7) % 260)::text, 1 + g % 100, CASE WHEN g % 4 = 0 THEN (g / 2)::text END,
  (1 + (g * 3) % 310)::text FROM generate_series(1, 320) g;
CREATE TABLE django_migrations (id bigserial PRIMARY KEY, app text, name text);
CREATE TABLE django_content_type (id serial PRIMARY KEY, model text UNIQUE);
INSERT INTO django_content_type (model) SELECT 'model' || g FROM generate_series(1, 25) g;
CREATE TABLE app_activity (id bigserial PRIMARY KEY, object_id text NOT NULL,
  content_type_id integer NOT NULL, remote_addr text, request_id text);
INSERT INTO app_activity (object_id, content_type_id, request_id) SELECT (1 + g % 60)::text,
  1 + g % 25, (1 + g % 100)::text FROM generate_series(1, 240) g;
CREATE TABLE app_audit (id bigserial PRIMARY KEY, user_id text, record_id text, table_name text);
INSERT INTO app_audit (user_id, record_id, table_name) SELECT 'user' || 1 + g % 100,
  (1 + g % 60)::text, 'app_project' FROM generate_series(1, 200) g;
CREATE TABLE app_historicaltask (history_id bigserial PRIMARY KEY, task_id text NOT NULL,
  project_id text, history_user text);
INSERT INTO app_historicaltask (task_id, project_id, history_user) SELECT (1 + g % 280)::text,
  (1 + g % 62)::text, 'user' || 1 + g % 100 FROM generate_series(1, 340) g;
CREATE TABLE app_attachment (id bigserial PRIMARY KEY, task_id text NOT NULL, upload_id text, page_count text);
INSERT INTO app_attachment (task_id, upload_id, page_count) SELECT (1 + (g * 3) % 260)::text,
  md5('u' || g), (1 + g % 15)::text FROM generate_series(1, 90) g;
CREATE TABLE app_label (id bigserial PRIMARY KEY, project_id text, hue text);
INSERT INTO app_label (project_id, hue)
  SELECT CASE WHEN g % 2 = 0 THEN 'global' ELSE (1 + g % 60)::text END, (g % 360)::text
    FROM generate_series(1, 80) g;
CREATE TABLE app_task_archive (id bigint PRIMARY KEY, project_id bigint, milestone_id text);
INSERT INTO app_task_archive SELECT g, 1 + g % 60, (1 + g % 140)::text FROM generate_series(1, 150) g;
""",
    means={
        "app_user.id": "app_project.owner_id app_task.assignee_id app_task.created_by app_comment.user_id",
        "app_project.id": "app_task.project_id app_milestone.project_id",
        "app_milestone.id": "app_task.milestone_id",
        "app_task.id": "app_comment.task_id app_attachment.task_id",
        "app_comment.id": "app_comment.in_reply_to_id",
        "django_content_type.id": "app_activity.content_type_id",
    },
    hopeless={"app_label.project_id": ("app_project.id", "ids, and the word global")},
    nots={
        "the id of the user in the program before this one": "app_user.legacy_user_id",
        "a board of Trello": "app_project.trello_board_id",
        "a colour, in no table": "app_project.color_id app_label.hue",
        "an amount": "app_project.budget app_task.estimate app_attachment.page_count",
        "an order of display": "app_milestone.rank app_task.order",
        "the issue in Jira": "app_task.jira_issue_id",
        "a job of the queue": "app_task.celery_task_id",
        "what the browser counts, to send twice without harm": "app_comment.client_comment_id",
        "of any table: content_type_id says which": "app_activity.object_id",
        "a trace": "app_activity.request_id",
        "the name of a user": "app_audit.user_id app_historicaltask.history_user",
        "of any table: table_name says which": "app_audit.record_id",
        "a history, which keeps ids of deleted rows": "app_historicaltask.task_id app_historicaltask.project_id",
        "a transfer of a file": "app_attachment.upload_id",
        "an archive, which may keep ids of deleted rows": "app_task_archive.project_id app_task_archive.milestone_id",
    },
)

SCHEMAS = (
    SHOP, BILLING, FORUM, HOSPITAL, HR, LOGISTICS, CMS, SCHOOL, IOT, OAUTH, ERP, WEB, SUPPORT, BANK,
    HOTEL, APP,
)  # fmt: skip
