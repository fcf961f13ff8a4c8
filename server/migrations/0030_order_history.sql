-- A restaurant's orders by the time they were placed: its history, its takings and their export read them page by page.
CREATE INDEX orders_by_placing ON orders (restaurant_id, placed_at);
