from sqlalchemy import Column, Integer, MetaData, String, Table

users, events = MetaData(), MetaData()
Table("users", users, Column("id", Integer, primary_key=True), Column("name", String(50)))
Table("events", events, Column("id", Integer, primary_key=True), Column("what", String(50)))
