"""A shop in one table, with links: customers, their orders and carts, and who may see what."""

from __future__ import annotations

from tests.tables import create_table, fill

SHOP = """
staff_groups = ["staff", "guests"]
superuser_groups = ["admins"]

[Shop]
table = "shop"
list_display = ["entity", "customerId", "tags", "total"]
audit_attributes = false
[Shop.permissions]
view = ["staff", "guests"]
add = ["staff", "guests"]
change = ["staff", "guests"]
delete = ["staff"]
[Shop.links.customerId]
to = "Shop"
key = { pk = "CUSTOMER#{}", sk = "PROFILE" }
label = "name"
check = "CHECK"
[Shop.links."tags[]"]
to = "Tags"
key = { id = "{}" }
label = "title"
[Shop.links."lines[].product"]
to = "Shop"
key = { pk = "PRODUCT#{}", sk = "DETAILS" }
label = "name"
[Shop.related.orders]
label = "Orders"
table = "Shop"
when = { entity = "customer" }
where = { pk = "{pk}", sk__begins_with = "ORDER#" }
columns = ["customerId", "total"]
order = "desc"
limit = 3
[Shop.related.tagged]
label = "Tags of their name"
table = "Tags"
when = { entity = "customer" }
where = { id = "{name}" }

[Tags]
table = "tags"
audit_attributes = false
[Tags.permissions]
view = ["staff"]
"""

CUSTOMERS = {"C-1": "Alder <b>& Sons", "C-2": "Brightwater"}


def customer(number, name):
    return {
        "pk": {"S": f"CUSTOMER#{number}"},
        "sk": {"S": "PROFILE"},
        "entity": {"S": "customer"},
        "name": {"S": name},
    }


def order(customer_id, number, **more):
    return {
        "pk": {"S": f"CUSTOMER#{customer_id}"},
        "sk": {"S": f"ORDER#{number}"},
        "entity": {"S": "order"},
        "customerId": {"S": customer_id},
        "total": {"N": str(number)},
        **more,
    }


def write_shop(path, check="off", more=""):
    """Write the alias map; `more` are keys of the first table, before its sections."""
    text = SHOP.replace("CHECK", check).replace("[Shop.permissions]", f"{more}\n[Shop.permissions]")
    path.write_text(text)


def open_shop():
    """Make the tables and what is in them: C-1 has five orders, C-2 has one."""
    create_table("shop", {"pk": "S", "sk": "S"})
    create_table("tags")
    orders = [order("C-1", n) for n in range(1, 6)]
    orders.append(order("C-2", 9, tags={"SS": ["new", "rare"]}))
    products = {"pk": {"S": "PRODUCT#P-1"}, "sk": {"S": "DETAILS"}, "name": {"S": "Lamp"}}
    cart = {
        "pk": {"S": "CUSTOMER#C-1"},
        "sk": {"S": "CART"},
        "entity": {"S": "cart"},
        "lines": {"L": [{"M": {"product": {"S": "P-1"}}}, {"M": {"product": {"S": "P-9"}}}]},
    }
    profiles = [customer(*pair) for pair in CUSTOMERS.items()]
    fill("shop", [*profiles, *orders, products, cart])
    fill("tags", [{"id": {"S": "new"}, "title": {"S": "Brand new"}}, {"id": {"S": "Brightwater"}}])
