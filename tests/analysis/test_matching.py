"""What names say, case by case: the tables there are, a column, and the table that it means."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remediate.analysis.matching import (
    Match,
    forms,
    is_external,
    is_polymorphic,
    match,
    parents,
    words,
)
from remediate.snapshots.tables import Name

# The tables that have a key; then lines of: table.column, the table it means or "-", how, strength.
CASES = {
    # how a reference is spelled
    "users orders order_items companies api_keys": """
        x.user_id               users exact 3
        x.userId                users exact 3
        x.UserID                users exact 3
        x.USER_ID               users exact 3
        x.userid                users exact 3
        x.useruuid              users exact 3
        x.users_id              users exact 3
        x.user_uuid             users exact 3
        x.user_guid             users exact 3
        x.user_fk               users exact 3
        x.userfk                users exact 3
        x.user_key              users exact 3
        x.user_oid              users exact 3
        x.user_pk               users exact 3
        x.user_id_fk            users exact 3
        x.user_fk_id            users exact 3
        x.fk_user               users exact 3
        x.fk_user_id            users exact 3
        x.id_user               users exact 3
        x.idUser                users exact 3
        x.iduser                users exact 3
        x.fkUserId              users exact 3
        x.uuid_user             users exact 3
        x._user_id              users exact 3
        x.user__id              users exact 3
        x.user_id_              users exact 3
        x.user-id               users exact 3
        x.user_ref              users exact 1
        x.user_no               users exact 1
        x.order_item_id         order_items exact 3
        x.orderItemId           order_items exact 3
        x.orderitemid           order_items exact 3
        x.order_itemid          order_items exact 3
        x.OrderItemID           order_items exact 3
        x.company_id            companies exact 3
        x.companyid             companies exact 3
        x.companies_id          companies exact 3
        x.api_key_id            api_keys exact 3
        x.APIKeyId              api_keys exact 3
        x.api_key               api_keys bare 1
        x.api_key_fk            api_keys exact 3
        users.user_id           users exact 3
        x.user1_id              users exact 3
        x.user2_id              users exact 3
        x.user_id_2             users exact 3
        x.user_id2              users exact 3
        x.user_ids              -
        x.userids               -
        x.user_name             -
        x.user_count            -
        x.username              -
        x.id                    -
        x.uuid                  -
        x.key                   -
        x.by                    -
        x.fk                    -
    """,
    # plurals
    "people children statuses addresses indices companies boxes buses matrices heroes": """
        x.person_id             people exact 3
        x.people_id             people exact 3
        x.child_id              children exact 3
        x.status_id             statuses exact 3
        x.address_id            addresses exact 3
        x.index_id              indices exact 3
        x.company_id            companies exact 3
        x.box_id                boxes exact 3
        x.bus_id                buses exact 3
        x.matrix_id             matrices exact 3
        x.hero_id               heroes exact 3
        x.statu_id              -
        x.new_status_id         statuses suffix 2
        x.status                statuses bare 1
        x.address               addresses bare 1
        x.children              -
        x.people                -
    """,
    "movies quizzes analyses shelves news series menus ads caches branches status class": """
        x.movie_id              movies exact 3
        x.quiz_id               quizzes exact 3
        x.analysis_id           analyses exact 3
        x.shelf_id              shelves exact 3
        x.news_id               news exact 3
        x.new_id                -
        x.series_id             series exact 3
        x.menu_id               menus exact 3
        x.ad_id                 ads exact 3
        x.cache_id              caches exact 3
        x.branch_id             branches exact 3
        x.status_id             status exact 3
        x.class_id              class exact 3
        x.classes_id            class exact 3
    """,
    "user_addresses categories_products salespeople": """
        x.user_address_id       user_addresses exact 3
        x.category_product_id   categories_products exact 3
        x.salesperson_id        -
        x.salespeople_id        salespeople exact 3
    """,
    # singular and camel case tables
    'User OrderItem "BusinessEntity" HTTPServer': """
        x.user_id               User exact 3
        x.userId                User exact 3
        OrderItem.orderItemId   OrderItem exact 3
        x.orderitem_id          OrderItem exact 3
        x.businessentityid      "BusinessEntity" exact 3
        x.httpServerId          HTTPServer exact 3
        x.http_server_id        HTTPServer exact 3
        x.ownerId               User role 1
    """,
    # words that end in id
    "pa vo gr val inval hybr sa b m": """
        x.paid                  -
        x.void                  -
        x.grid                  -
        x.valid                 -
        x.invalid               -
        x.hybrid                -
        x.said                  -
        x.bid                   -
        x.mid                   -
        x.uuid                  -
        x.guid                  -
        x.is_paid               -
        x.identity              -
        x.val_id                val exact 3
    """,
    "id_cards cards": "x.id_card_id id_cards exact 3",
    "bids grids entities": """
        x.bid_id                bids exact 3
        x.winning_bid_id        bids suffix 2
        x.bid                   bids bare 1
        x.grid_id               grids exact 3
        x.identity              -
        x.identity_id           -
    """,
    # a prefix that tables have in common
    "app_users app_orders app_order_items": """
        app_orders.user_id      app_users prefix 2
        app_orders.app_user_id  app_users exact 3
        x.order_id              app_orders prefix 2
        x.order_item_id         app_order_items prefix 2
        x.orderItemId           app_order_items prefix 2
        x.billing_user_id       app_users suffix 1
        x.owner_id              app_users role 1
        x.created_by            app_users role 2
        x.user                  app_users bare 1
        x.app_id                -
    """,
    "app_users app_orders users": """
        app_orders.user_id      users exact 3
        app_orders.order_id     app_orders prefix 2
    """,
    "tblCustomer t_invoice plain": """
        x.customer_id           tblCustomer prefix 2
        x.CustomerID            tblCustomer prefix 2
        x.invoice_id            t_invoice prefix 2
        x.plain_id              plain exact 3
    """,
    "order_items order_notes orders item_lists": """
        x.item_id               -
        x.note_id               -
        orders.item_id          order_items prefix 2
        orders.note_id          order_notes prefix 2
        x.order_id              orders exact 3
    """,
    "my_shop_users my_shop_orders": """
        x.user_id               my_shop_users prefix 2
        x.shop_user_id          my_shop_users prefix 2
    """,
    "auth_group auth_user forum_group forum_post": """
        forum_post.group_id     forum_group prefix 2
        auth_user.group_id      auth_group prefix 2
        x.group_id              -
        forum_post.user_id      auth_user prefix 2
    """,
    "orders order_statuses tickets": """
        orders.status_id        order_statuses prefix 2
        tickets.status_id       -
    """,
    # the longest suffix
    "customers addresses billing_addresses employees": """
        x.billing_customer_id           customers suffix 2
        x.billingCustomerId             customers suffix 2
        x.default_billing_address_id    billing_addresses suffix 2
        x.shipping_address_id           addresses suffix 2
        x.shipping_address              -
        x.customer_billing              -
        x.approving_employee_id         employees suffix 2
        x.customer_id                   customers exact 3
        x.customer_no                   customers exact 1
        x.sold_to_customer_ref          customers suffix 1
        x.customer_group_id             -
    """,
    # roles
    "users posts": """
        posts.owner_id          users role 1
        posts.ownerId           users role 1
        posts.ownerid           users role 1
        posts.product_owner_id  users role 1
        posts.author_id         users role 1
        posts.assignee_id       users role 1
        posts.created_by        users role 2
        posts.createdBy         users role 2
        posts.createdby         users role 2
        posts.created_by_id     users role 2
        posts.createdById       users role 2
        posts.approved_by       users role 2
        posts.sent_by           users role 2
        posts.assigned_to       users role 2
        posts.assigned_to_id    users role 2
        posts.created_by_user_id users suffix 2
        posts.order_by          -
        posts.sort_by           -
        posts.nearby            -
        posts.related_to        -
        posts.owner             -
        posts.colour_id         -
        users.manager_id        users role 1
        users.invited_by        users role 2
    """,
    "accounts posts": "posts.owner_id accounts role 1",
    "people posts": "posts.created_by people role 2",
    "members posts": "posts.created_by members role 2",
    "employees posts": "posts.reviewer_id employees role 1",
    "accounts members posts": """
        posts.owner_id          -
        posts.created_by        -
        posts.member_id         members exact 3
    """,
    "users accounts people": "posts.owner_id users role 1",
    "users employees": """
        employees.manager_id    employees role 1
        employees.created_by    users role 2
        other.manager_id        users role 1
    """,
    "users owners": "posts.owner_id owners exact 3",
    "posts": """
        posts.owner_id          -
        posts.created_by        -
    """,
    # rows of the same table
    "categories users tree_nodes items": """
        categories.parent_id            categories self 2
        categories.parentId             categories self 2
        categories.parent               categories self 1
        categories.root_id              categories self 2
        categories.previous_id          categories self 2
        categories.next_id              categories self 2
        categories.duplicate_of_id      categories self 2
        categories.in_reply_to_id       categories self 2
        categories.merged_into_id       categories self 2
        categories.superseded_by        categories self 1
        categories.superseded_by_id     categories self 2
        categories.merged_by            users role 2
        categories.parent_category_id   categories suffix 2
        tree_nodes.parent_node_id       tree_nodes self 2
        tree_nodes.parent_leaf_id       -
        nokey.parent_id                 -
        categories.next_item_id         items suffix 2
    """,
    # schemas
    "public.users a.users b.users a.plans b.plans public.currencies": """
        a.orders.user_id        a.users exact 3
        b.orders.user_id        b.users exact 3
        c.orders.user_id        -
        a.orders.plan_id        a.plans exact 3
        public.orders.plan_id   -
        c.orders.currency_id    public.currencies exact 3
        a.orders.created_by     a.users role 2
        c.orders.created_by     -
    """,
    "a.employees b.users": """
        a.x.created_by          a.employees role 2
        c.x.created_by          b.users role 2
    """,
    # two that are equally good
    "user users order_item orderitems news new": """
        x.user_id               -
        x.created_by            -
        x.order_item_id         -
        x.new_id                new exact 3
        x.news_id               news exact 3
    """,
    # the column itself
    "customers orders categories": """
        x.customer              customers bare 1
        x.Customer              customers bare 1
        x.category              categories bare 1
        x.customers             -
        x.orders                -
        x.billing_customer      -
        x.order                 orders bare 1
    """,
}  # fmt: skip


def name(said: str) -> Name:
    schema, _, table = said.rpartition(".")
    return Name(schema or "public", table)


def cases() -> Iterator[tuple[str, str, str]]:
    for tables, lines in CASES.items():
        for line in filter(str.strip, lines.splitlines()):
            column, expected = line.split(maxsplit=1)
            yield tables, column, " ".join(expected.split())


def said(found: Match | None, tables: str) -> str:
    if not found:
        return "-"
    target = found.target if "." in tables else found.target.name
    return (
        f"{'.'.join(target) if isinstance(target, Name) else target} {found.how} {found.strength}"
    )


@pytest.mark.parametrize(("tables", "column", "expected"), list(cases()))
def test_what_a_column_means(tables: str, column: str, expected: str) -> None:
    place, _, attribute = column.rpartition(".")
    found = match(name(place), attribute, parents(map(name, tables.split())))
    assert said(found, tables) == expected


LONG = "x" * 60
HOSTILE = (
    ('say "hi"', 'say "hi"_id', "exact"),
    ("a.b", "a.b_id", "exact"),
    ("a.b", "a b_id", "exact"),
    ("o'clocks", "o'clock_id", "exact"),
    ("größes", "größe_id", "exact"),
    ("Größes", "GRÖSSE_id", ""),
    ("клиент", "клиент_id", "exact"),
    ("клиент", "id_клиент", "exact"),
    ("顧客", "顧客_id", "exact"),
    ("İs", "i_id", ""),
    (LONG + "s", LONG + "_id", "exact"),
    (LONG + "_ys", f"a_{LONG[:58]}_id", ""),
    ("s", "_id", ""),
    ("s", "s_id", "exact"),
    ("---", "_", ""),
    ("---", "---_id", ""),
    ("___", "", ""),
    ("2024", "2024_id", "exact"),
    ("2024", "id2024", "exact"),
    ("2024", "2024", "bare"),
    ("orders_2024", "order_id", ""),
    ("orders_2024", "orders_2024_id", "exact"),
    ("orders_2024", "2024_id", ""),
    ("a%b:c", "a%b:c_id", "exact"),
    ("back\\slashes", "back\\slash_id", "exact"),
    ("line\nends", "line\nend_id", "exact"),
    ("_".join(["ss"] * 21), "_".join(["ss"] * 20) + "_id", ""),
    ("_".join("abcdefghij"), "_".join("abcdefghij") + "_id", "exact"),
    ("ids", "id_id", "exact"),
    ("ids", "id", "bare"),
    ("id", "id", "bare"),
    ("[users]", "user_id", "exact"),
    ("*", "id", ""),
)


@pytest.mark.parametrize(("table", "column", "how"), HOSTILE)
def test_names_that_nobody_expects(table: str, column: str, how: str) -> None:
    found = match(Name("odd . schema", "other"), column, parents([Name("odd . schema", table)]))
    assert (found.how if found else "") == how
    assert not found or found.target == Name("odd . schema", table)


ANY = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=63)


@given(table=ANY, column=ANY, other=ANY)
def test_any_name_gets_an_answer(table: str, column: str, other: str) -> None:
    tables = [Name("s", table), Name("s", other), Name("t", table)]
    found = match(tables[0], column, parents(tables))
    assert found is None or (found.target in tables and found.strength in (1, 2, 3))
    assert is_external(column, table) in (True, False)
    assert is_polymorphic(column, [other]) in (True, False)


TABLES = [Name("public", "users"), Name("public", "customers"), Name("crm", "customers")]
CONFIGURED = (
    ("public.orders.buyer", {"public.orders.buyer": "customers"}, "public.customers"),
    ("public.orders.buyer", {"orders.buyer": "customers"}, "public.customers"),
    ("public.orders.buyer", {"buyer": "crm.customers"}, "crm.customers"),
    ("crm.orders.buyer", {"buyer": "customers"}, "crm.customers"),
    ("other.orders.buyer", {"buyer": "customers"}, None),
    ("other.orders.buyer", {"buyer": "users"}, "public.users"),
    ("public.orders.created_by", {"*.created_by": "public.users"}, "public.users"),
    ("public.orders.created_by", {"*_by": "customers"}, "public.customers"),
    ("public.orders.created_by", {"*.created_by": ""}, None),
    ("public.orders.user_id", {"orders.*": ""}, None),
    ("public.orders.user_id", {"crm.*": ""}, "public.users"),
    ("public.orders.user_id", {"*": "customers", "orders.user_id": "users"}, "public.users"),
    ("public.orders.user_id", {"orders.user_id": "users", "*": "customers"}, "public.users"),
    ("public.orders.user_id", {"*_id": "customers", "*user_id": ""}, None),
    ("public.orders.user_id", {"public.orders.????_id": "customers"}, "public.customers"),
    ("public.orders.user_id", {"user_id": "no_such_table"}, None),
    ("public.orders.user_id", {"USER_ID": "customers"}, "public.users"),
    ("public.orders.odd[1]", {"odd[1]": "customers"}, "public.customers"),
    ("public.orders.odd[1]", {"odd[12]": "customers"}, None),
    ("public.orders.user_id", {'public."orders".user_id': 'public."customers"'}, "public.customers"),
    ("public.orders.user_id", {'"orders"."user_*"': '"customers"'}, "public.customers"),
    ("public.orders.user_id", {"*_id": "users", '"user_id"': "customers"}, "public.customers"),
    ("public.orders.user_id", {}, "public.users"),
)  # fmt: skip


@pytest.mark.parametrize(("column", "configured", "target"), CONFIGURED)
def test_what_is_configured_has_the_last_word(
    column: str, configured: dict[str, str], target: str | None
) -> None:
    place, _, attribute = column.rpartition(".")
    found = match(name(place), attribute, parents(TABLES), configured=configured)
    assert (".".join(found.target) if found else None) == target


def test_a_configured_table_may_have_any_name() -> None:
    odd = Name("a.b", 'c."d')
    found = match(Name("x", "y"), "z", parents([odd]), configured={"x.y.z": 'a.b.c."d'})
    assert found == Match(odd, "configured", 3)


EXTERNAL = """
    external_id  externalId  ext_user_id  provider_user_id  providerAccountId  remote_id
    stripe_customer_id  stripeCustomerId  paypal_order_id  client_id  clientid  session_id
    sessionid  request_id  trace_id  span_id  correlation_id  message_id  legacy_user_id  old_id
    import_id  imported_order_id  source_system_id  sourceSystemId  token_id  device_id
    transaction_id  oauth_client_id  OAuthClientId  github_id  gitHubId  google_user_id
    slack_channel_id  third_party_id  webhook_id  upstream_order_id  apiKeyId  messages_id
"""
OURS = """
    user_id  customer_id  source_id  source_account_id  order_id  parent_id  created_by  id
    holder_id  folder_id   text_id  extra_id  context_id  partner_id  value
"""


@pytest.mark.parametrize("column", EXTERNAL.split())
def test_ids_of_somebody_else(column: str) -> None:
    assert is_external(column)


@pytest.mark.parametrize("column", OURS.split())
def test_ids_of_our_own(column: str) -> None:
    assert not is_external(column)


@pytest.mark.parametrize(
    ("column", "table", "external"),
    [
        ("client_id", "clients", False),
        ("client_id", "oauth_clients", False),
        ("clientId", "OAuthClient", False),
        ("oauth_client_id", "clients", True),
        ("oauth_client_id", "oauth_clients", False),
        ("oauthClientId", "OAuthClients", False),
        ("device_id", "devices", False),
        ("old_device_id", "devices", True),
        ("payment_provider_id", "payment_providers", False),
        ("provider_payment_id", "payments", True),
        ("legacy_user_id", "users", True),
        ("session_id", "sessions", False),
        ("message_id", "t_message", False),
        ("stripe_customer_id", "customers", True),
    ],
)
def test_a_word_of_the_table_is_ours(*, column: str, table: str, external: bool) -> None:
    assert is_external(column, table) is external


@pytest.mark.parametrize(
    ("column", "siblings", "polymorphic"),
    [
        ("commentable_id", "id commentable_type", True),
        ("commentableId", "id commentableType", True),
        ("CommentableID", "CommentableType", True),
        ("commentableid", "commentabletype", True),
        ("owner_id", "owner_kind", True),
        ("owner_id", "owner_class", True),
        ("owner_id", "owner_model", True),
        ("owner_id", "owner_table", True),
        ("owner_id", "owner_content_type", True),
        ("object_id", "content_type_id", True),
        ("object_id", "content_type", True),
        ("record_id", "table_name", True),
        ("entityId", "entityType", True),
        ("target_id", "object_type", True),
        ("owner_uuid", "owner_type", True),
        ("owner", "owner_type", True),
        ("owner_id", "id name", False),
        ("owner_id", "type", False),
        ("owner_id", "user_type", False),
        ("owner_id", "owner_name", False),
        ("device_id", "device_type_id", False),
        ("user_id", "content_type_id", False),
        ("record_id", "type", False),
        ("", "type", False),
        ("owner_id", "", False),
    ],
)
def test_who_says_which_table(*, column: str, siblings: str, polymorphic: bool) -> None:
    assert is_polymorphic(column, siblings.split()) is polymorphic


def test_words() -> None:
    assert words("UserIDFk") == ("user", "id", "fk")
    assert words('a."B"__c-d') == ("a", "b", "c", "d")
    assert words("") == ()
    assert "status" in forms("statuses")
    assert forms("as") == ("as",)


def test_there_are_many_cases() -> None:
    assert len(list(cases())) + len(HOSTILE) + len(CONFIGURED) >= 250
    assert len({(tables, column) for tables, column, _ in cases()}) == len(list(cases()))
