-- Taxes. tax: the classes and rates of a restaurant as one document, which is read and edited as a whole; null where nothing
-- is taxed. tax_class: the code of a class in it; null for that of the section (items), the item (modifiers), the goods of the
-- order (charges), else the first class. Servers of the version before write null, and keep prices as they are.

DO $$
BEGIN
    ALTER TABLE restaurants ADD COLUMN tax jsonb;
    ALTER TABLE charges ADD COLUMN tax_class text;
    ALTER TABLE sections ADD COLUMN tax_class text;
    ALTER TABLE items ADD COLUMN tax_class text;
    ALTER TABLE modifiers ADD COLUMN tax_class text;
END
$$;
