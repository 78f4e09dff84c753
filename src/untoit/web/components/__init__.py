"""What every page is made of: layout, lists, forms, icons, pictures, and the style sheet."""
