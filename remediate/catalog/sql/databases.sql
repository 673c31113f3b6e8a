-- The databases of a server that hold something of its users. Those that nobody may enter are among
-- them, so that whoever asks for all hears of them.
SELECT datname FROM pg_database WHERE NOT datistemplate ORDER BY datname
